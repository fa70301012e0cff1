import type { MeasureJob } from "@sebench/jobs";
import { type MeasureProgress, pairedForms } from "@sebench/measure";
import { runReference } from "@sebench/reference";
import { afterEach, beforeEach, expect, it } from "vitest";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import type { TestPage } from "./testing/test-browser.ts";
import { answerIn, makeTestCase, shortest, supplyTestCase } from "./testing/test-case.ts";

describeInBrowser("a job", 60_000, (pages) => {
  const testCase = makeTestCase();
  const data = Float32Array.from({ length: 3 * 3 * 28 * 28 }, (_, index) => Math.cos(index));
  const three = { shape: [3, 3, 28, 28], data };
  let opened: TestPage;
  let job: MeasureJob;

  beforeEach(async () => {
    opened = await pages.open();
    job = {
      ...(await supplyTestCase(opened, testCase, three)),
      runtime: "onnxruntime-web/wasm",
      engine: { threads: 2 },
    };
  });
  afterEach(() => opened[Symbol.asyncDispose]());

  const run = (its: MeasureJob) => answerIn(opened, its);

  it.each(["onnxruntime-web/wasm", "tfjs-web/wasm"] as const)(
    "measures a pair on %s, with the oracle's logits and a proof of the device",
    async (runtime) => {
      // The page first answers a probe, as it does for a driver that uses one page for both jobs.
      const { engine } = job;
      expect(await answerIn(opened, { kind: "probe", runtime, engine })).toMatchObject({
        ok: true,
      });
      const result = await run({ ...job, runtime });
      if (!result.ok) throw new Error(result.error.message);
      const { replicas, attestation, logits } = pairedForms(result.answer)[0]!;
      expect(replicas).toHaveLength(1);
      for (const member of ["plain", "se"] as const) {
        expect(replicas[0]!.members[member].samplesMs.flat().every((ms) => ms > 0)).toBe(true);
        expect(attestation[member]).toMatchObject({ device: "wasm", proven: true, reason: null });
        const { networks, weights, images } = testCase;
        const expected = runReference(networks[member], weights[member], images);
        const largest = Math.max(...expected.map(Math.abs));
        expect(logits[member]).toHaveLength(expected.length);
        expected.forEach((value, index) => {
          expect(Math.abs(logits[member][index]! - value)).toBeLessThan(1e-4 * largest);
        });
      }
    },
  );

  it("runs labelled images once it has timed the pair, in its batch, the last one filled up", async () => {
    const result = await run({
      ...job,
      measure: { ...shortest, batch: 2 },
      labelled: { images: { dataset: "fashion-mnist", count: 3 }, least: 3, budgetMs: 0 },
    });
    if (!result.ok) throw new Error(result.error.message);
    for (const member of ["plain", "se"] as const) {
      const { networks, weights } = testCase;
      const expected = runReference(networks[member], weights[member], three);
      const given = pairedForms(result.answer)[0]!.labelledLogits![member];
      expect(given).toHaveLength(expected.length);
      const largest = Math.max(...expected.map(Math.abs));
      expected.forEach((value, index) => {
        expect(Math.abs(given[index]! - value)).toBeLessThan(1e-4 * largest);
      });
    }
  });

  it("tells its driver and whoever watches how far it is", async () => {
    const phases = new Set<string>();
    await opened.page.exposeFunction("sebenchProgress", ({ phase }: MeasureProgress) => {
      phases.add(phase);
    });
    await run(job);
    expect([...phases]).toEqual(["prepare", "warm-up", "rounds", "logits", "attest"]);
    expect(await opened.page.textContent("#status")).toBe("onnxruntime-web/wasm, batch 1: done");
  });

  it("gives an error, with its remedy, for a runtime that no page has", async () => {
    const result = await run({ ...job, runtime: "onnxruntime-node/cpu" });
    expect(result).toMatchObject({
      ok: false,
      error: { name: "InputError", remedy: expect.stringContaining("onnxruntime-web/wasm") },
    });
  });

  it("gives an error for other threads than those the page has started with", async () => {
    const first = await run(job);
    expect(first).toMatchObject({ ok: true });
    const second = await run({ ...job, engine: { threads: 1 } });
    expect(second).toMatchObject({
      ok: false,
      error: { name: "InputError", remedy: expect.stringContaining("fresh page") },
    });
  });

  it("gives an error that names the file it cannot fetch", async () => {
    opened.server.clear();
    await opened.page.route("**/case/*/images.safetensors", (route) =>
      route.fulfill({ status: 404 }),
    );
    const result = await run(job);
    expect(result).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/\/case\/\w+\/images\.safetensors answers 404/) },
    });
  });

  it("rejects when the page closes in the middle", async () => {
    const endless = { ...shortest, budgetMs: 60_000, minRounds: 100_000 };
    const outcome = run({ ...job, measure: endless }).catch(String);
    await opened.page.getByText("measuring").waitFor();
    await opened.page.context().close();
    expect(await outcome).toContain("closed");
  });
});
