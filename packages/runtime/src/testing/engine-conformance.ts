import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Availability } from "../device.ts";
import type { Engine } from "../runtime.ts";
import { describeLogits } from "./logits-conformance.ts";
import { describeProfiles } from "./profile-conformance.ts";
import { describeRefusals } from "./refusal-conformance.ts";
import { describeSessions } from "./session-conformance.ts";
import { SharedSessions } from "./open-session.ts";
import type { ConformanceSubject } from "./subject.ts";

/**
 * Tests an engine. One engine serves all tests, as in a case, and tests share the sessions that
 * they leave as they were.
 */
export function describeEngine(subject: ConformanceSubject): void {
  const { runtime, required = true, precision = "fp32", tolerance = 1e-4 } = subject;
  let engine: Engine;
  let availability: Availability;
  let sessions: SharedSessions;

  beforeAll(async () => {
    engine = await runtime.load(subject.engineOptions);
    availability = await engine.probe();
    sessions = new SharedSessions({ engine, precision });
  }, subject.timeoutMs);
  beforeEach(({ skip }) => {
    if (required) return;
    const lack = availability.ok ? availability.lacks?.[precision] : availability;
    if (lack) skip(lack.reason);
  });
  afterAll(async () => {
    await sessions[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
  });

  it("says that its device is there, and which", () => {
    expect(availability).toMatchObject({
      ok: true,
      version: expect.stringMatching(/^\d+\.\d+/),
      device: { name: expect.stringMatching(/./) },
    });
  });

  const tested = () => ({ engine, precision });
  const shared: SharedSessions["of"] = (name) => sessions.of(name);
  describeLogits(tested, shared, tolerance);
  describeSessions(tested, shared, runtime.device);
  describeProfiles(tested);
  describeRefusals(tested, shared);
}
