import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Availability } from "../device.ts";
import type { Engine } from "../runtime.ts";
import { describeLogits } from "./logits-conformance.ts";
import { describeProfiles } from "./profile-conformance.ts";
import { describeRefusals } from "./refusal-conformance.ts";
import { describeSessions } from "./session-conformance.ts";
import type { ConformanceSubject } from "./subject.ts";

/** Tests an engine. One engine serves all tests, as in a case, and each test makes sessions of its own. */
export function describeEngine(subject: ConformanceSubject): void {
  const { runtime, required = true, precision = "fp32", tolerance = 1e-4 } = subject;
  let engine: Engine;
  let availability: Availability;

  beforeAll(async () => {
    engine = await runtime.load(subject.engineOptions);
    availability = await engine.probe();
  }, subject.timeoutMs);
  beforeEach(({ skip }) => {
    if (required) return;
    const lack = availability.ok ? availability.lacks?.[precision] : availability;
    if (lack) skip(lack.reason);
  });
  afterAll(() => engine[Symbol.asyncDispose]());

  it("says that its device is there, and which", () => {
    expect(availability).toMatchObject({
      ok: true,
      version: expect.stringMatching(/^\d+\.\d+/),
      device: { name: expect.stringMatching(/./) },
    });
  });

  const tested = () => ({ engine, precision });
  describeLogits(tested, tolerance);
  describeSessions(tested, runtime.device);
  describeProfiles(tested);
  describeRefusals(tested);
}
