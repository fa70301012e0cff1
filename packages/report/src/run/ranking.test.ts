import type { Interval, OkCase } from "@sebench/results";
import { expect, test } from "vitest";
import { runOf, sampleCase, sampleRun } from "../testing/sample-run.ts";
import { rankingsOf } from "./ranking.ts";

const base = sampleCase("onnxruntime-node/cpu|node|se-resnet50|224|b1");

/** A case whose SE latency has this median, interval and medians of its replicas. */
function caseWith(
  runtime: string,
  p50: number,
  p50Interval: Interval | null,
  replicaMedians: readonly number[],
): OkCase {
  const latencyMs = { ...base.members.se.latencyMs, p50, p50Interval };
  const samplesMs = replicaMedians.map((median) => [[median]]);
  const se = { ...base.members.se, latencyMs, samplesMs };
  return { ...base, runtime, members: { ...base.members, se } };
}

function fastestOf(...cases: readonly OkCase[]): string[] {
  return rankingsOf(runOf(...cases))[0]!.fastest.map(({ runtime }) => runtime);
}

test("only cases that do the same work are compared", () => {
  expect(rankingsOf(sampleRun).map(({ work }) => work)).toEqual([
    "se-resnet50, 224 px, batch 1",
    "se-resnet50, 224 px, batch 8",
    "se-resnet18, 224 px, batch 1",
    "se-resnet20, 28 px, batch 1",
  ]);
});

test("forms of the activations, which the plain network has too, are compared by their medians", () => {
  const slow = { ...caseWith("a/x", 20, [19, 21], [20]), lowering: "gemm" };
  const fast = { ...caseWith("a/x", 10, [9, 11], [10]), lowering: "gemm/activation=clip" };
  const dear = { ...fast, overhead: { ...fast.overhead, ratio: 2, interval: [1.9, 2.1] as const } };
  const [ranking] = rankingsOf(runOf(slow, dear));
  expect(ranking!.fastest.map(({ lowering }) => lowering)).toEqual(["gemm/activation=clip"]);
});

test("the smallest median comes first", () => {
  const [ranking] = rankingsOf(
    runOf(caseWith("a/slow", 20, [19, 21], [20]), caseWith("b/fast", 10, [9, 11], [10])),
  );
  expect(ranking!.ranked.map(({ runtime }) => runtime)).toEqual(["b/fast", "a/slow"]);
  expect(ranking!.fastest.map(({ runtime }) => runtime)).toEqual(["b/fast"]);
});

test("cases whose intervals overlap cannot be told apart", () => {
  expect(
    fastestOf(caseWith("a/x", 10, [9.8, 10.2], [10]), caseWith("b/x", 10.3, [10.1, 10.5], [10.3])),
  ).toEqual(["a/x", "b/x"]);
});

test("nor can cases whose replicas overlap, however narrow their intervals", () => {
  expect(
    fastestOf(
      caseWith("a/x", 10, [9.99, 10.01], [9.7, 10, 10.4]),
      caseWith("b/x", 10.3, [10.29, 10.31], [10.1, 10.3, 10.6]),
    ),
  ).toEqual(["a/x", "b/x"]);
});

test("without an interval all samples must lie apart", () => {
  expect(fastestOf(caseWith("a/x", 10, null, [9, 12]), caseWith("b/x", 11, null, [11]))).toEqual([
    "a/x",
    "b/x",
  ]);
  expect(fastestOf(caseWith("a/x", 10, null, [9, 11]), caseWith("b/x", 20, null, [20]))).toEqual([
    "a/x",
  ]);
});

test("two forms of one network are told apart by what they cost over the plain one", () => {
  const formWith = (lowering: string, p50: number, interval: Interval | null): OkCase => {
    const form = caseWith("a/x", p50, [p50 - 1, p50 + 1], [p50]);
    return { ...form, lowering, overhead: { ...form.overhead, interval } };
  };
  const formsOf = (...cases: readonly OkCase[]) =>
    rankingsOf(runOf(...cases))[0]!.fastest.map(({ lowering }) => lowering);
  const rewritten = formWith("conv1x1", 10, [1.01, 1.04]);
  expect(formsOf(formWith("gemm", 10.5, [1.05, 1.12]), rewritten)).toEqual(["conv1x1"]);
  expect(formsOf(formWith("gemm", 10.5, [1.03, 1.12]), rewritten)).toEqual(["conv1x1", "gemm"]);
  // Costs that contradict the medians tell nothing apart.
  expect(formsOf(formWith("gemm", 9.5, [1.05, 1.12]), rewritten)).toEqual(["gemm", "conv1x1"]);
  // Medians that lie apart while the costs do not tell nothing apart either: the machine may
  // have changed.
  expect(formsOf(formWith("gemm", 19, [1.02, 1.12]), rewritten)).toEqual(["conv1x1", "gemm"]);
  expect(formsOf(formWith("gemm", 19, null), rewritten)).toEqual(["conv1x1"]);
  const elsewhere = { ...formWith("gemm", 10.5, [1.05, 1.12]), runtime: "b/x" };
  expect(formsOf(elsewhere, rewritten)).toEqual(["conv1x1", "gemm"]);
});

test("wrong output and software GPUs are not ranked, however fast", () => {
  const { ranked, unranked } = rankingsOf(sampleRun).at(-1)!;
  expect(ranked.map(({ runtime }) => runtime)).toEqual([
    "onnxruntime-node/cpu",
    "onnxruntime-web/wasm",
    "tfjs-node/cpu",
  ]);
  expect(unranked.map(({ runtime }) => runtime)).toEqual([
    "onnxruntime-web/webgpu",
    "tfjs-web/webgl",
  ]);
});

test("two forms that share their rounds are told apart in these", () => {
  const recordOf = (lowering: string, other: string, paired: Interval): OkCase => ({
    ...base,
    id: base.id.replace(base.lowering, lowering),
    lowering,
    overhead: { ...base.overhead, interval: [1.01, 1.2] },
    besideForms: [{ lowering: other, ratio: paired[0], interval: paired, replicas: [1] }],
  });
  const rewritten = recordOf("conv1x1", "gemm", [0.9, 0.99]);
  const fastest = (...cases: readonly OkCase[]) => rankingsOf(runOf(...cases))[0]!.fastest.length;
  expect(fastest(rewritten, recordOf("gemm", "conv1x1", [1.01, 1.1]))).toBe(1);
  expect(fastest(rewritten, recordOf("gemm", "conv1x1", [0.99, 1.1]))).toBe(2);
  // The other case was measured anew, by itself.
  const anew = { ...recordOf("gemm", "conv1x1", [1.01, 1.1]), besideForms: [] };
  expect(fastest(rewritten, anew)).toBe(2);
});
