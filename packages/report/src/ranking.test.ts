import type { Interval, OkCase } from "@sebench/results";
import { expect, test } from "vitest";
import { rankingsOf } from "./ranking.ts";
import { runOf, sampleCase, sampleRun } from "./testing/sample-run.ts";

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
