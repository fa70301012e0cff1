import { expect, test } from "vitest";
import type { OkCase } from "../case/case-record.ts";
import type { RunRecord } from "../run/run-record.ts";
import { sampleAccuracy } from "../testing/sample-accuracy.ts";
import { failedCase, okCase, sampleHeader, untimedCase } from "../testing/sample-run.ts";
import { type CaseSummary, caseSummary, summarizeRun } from "./case-summary.ts";

function runOf(...cases: RunRecord["cases"]): RunRecord {
  return { schema: "sebench/1", ...sampleHeader, cases };
}

/** The samples of two replicas, whose medians are 2 and 5. */
const measured = okCase([
  [
    [1, 2],
    [2, 9],
  ],
  [[5, 4, 6]],
]);

test("the samples of each replica become their median", () => {
  const [summary] = summarizeRun(runOf(measured));
  expect(summary!.measured!.latencyMs.se.replicas).toEqual([2, 5]);
  expect(summary!.measured!.latencyMs.plain.replicas).toEqual([2, 5]);
});

test("a case that did not run keeps its reason, and has no figures", () => {
  const [summary] = summarizeRun(runOf(failedCase("se-resnet18")));
  expect(summary).toMatchObject({
    status: "failed",
    reason: "the process was killed",
    measured: null,
  });
});

test.each([true, false])(
  "a case that was not timed keeps its parity, %j, and its device",
  (pass) => {
    const [summary] = summarizeRun(runOf(untimedCase(pass)));
    expect(summary).toMatchObject({
      status: "untimed",
      reason: "the CPU plays the GPU",
      measured: null,
      proof: { parity: pass, device: "AMD EPYC", software: false, engineVersion: "1.30.0" },
    });
  },
);

test("a line of before there were cases that are not timed is read", () => {
  const [{ proof, ...older }] = summarizeRun(runOf(measured)) as [CaseSummary];
  expect(caseSummary.parse(JSON.parse(JSON.stringify(older)))).toEqual({ ...older, proof });
});

test("what is summarized is what a history may hold", () => {
  for (const summary of summarizeRun(runOf(measured, untimedCase(), failedCase("se-resnet18")))) {
    expect(caseSummary.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
  }
});

test.each([
  { given: undefined, branch: "main" },
  { given: { branch: "topic" }, branch: "topic" },
])("the branch is the record's, or that given: $branch", ({ given, branch }) => {
  expect(summarizeRun(runOf(measured), given)[0]!.branch).toBe(branch);
});

test("parity is that of both members", () => {
  const { parity } = measured;
  const wrong: OkCase = {
    ...measured,
    parity: { ...parity, plain: { ...parity.plain, pass: false } },
  };
  expect(summarizeRun(runOf(measured))[0]!.measured!.parity).toBe(true);
  expect(summarizeRun(runOf(wrong))[0]!.measured!.parity).toBe(false);
});

test("accuracy is that of the member with SE", () => {
  const [summary] = summarizeRun(runOf({ ...measured, accuracy: sampleAccuracy(0.9, 0.91) }));
  expect(summary!.measured!.top1).toEqual({ share: 0.91, interval: [0.9, 0.92] });
});

test("a form's gain is over the naive form, whichever other forms were measured with it", () => {
  const beside = (lowering: string, ratio: number) => ({
    lowering,
    ratio,
    interval: null,
    replicas: [ratio],
    within: [{ error: 0.01, rounds: 8 }],
  });
  const fold: OkCase = {
    ...measured,
    lowering: "squeeze-fold",
    besideForms: [beside("conv1x1", 0.97), beside("gemm", 0.9)],
  };
  const gainOf = (record: OkCase) => summarizeRun(runOf(record))[0]!.measured!.gain;
  expect(gainOf(fold)).toEqual({
    ratio: 0.9,
    replicas: [0.9],
    within: [{ error: 0.01, rounds: 8 }],
  });
  expect(gainOf({ ...fold, lowering: "gemm", besideForms: [beside("squeeze-fold", 1.1)] })).toBe(
    null,
  );
  expect(gainOf({ ...fold, besideForms: [] })).toBeNull();
});
