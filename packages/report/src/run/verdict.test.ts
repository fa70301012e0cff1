import type { Interval, OkCase } from "@sebench/results";
import { expect, test } from "vitest";
import { runOf, sampleCase, sampleRun } from "../testing/sample-run.ts";
import { caseVerdict, incompleteness, sentencesOf, tally, verdictsOf } from "./verdict.ts";

const base = sampleCase("onnxruntime-node/cpu|node|se-resnet50|224|b1");
const wrong = sampleCase("tfjs-web/webgl");

function verdictOn(record: OkCase): string {
  return caseVerdict(record, ({ runtime }) => runtime);
}

function withOverhead(ratio: number, interval: Interval | null): OkCase {
  return { ...base, overhead: { ...base.overhead, ratio, interval } };
}

test("a cost is said with its interval and its parity", () => {
  expect(verdictOn(withOverhead(1.109, [1.104, 1.115]))).toBe(
    "SE costs +10.9 % [10.4, 11.5] on onnxruntime-node/cpu for se-resnet50, 224 px, batch 1; parity holds.",
  );
});

test("an interval around nothing is no cost", () => {
  expect(verdictOn(withOverhead(1.003, [0.996, 1.01]))).toContain(
    "cannot be told from zero, +0.3 % [−0.4, 1.0],",
  );
});

test("SE may be the faster", () => {
  expect(verdictOn(withOverhead(0.98, [0.97, 0.99]))).toContain("SE is faster than plain, −2.0 %");
});

test("one replica says that it has no interval", () => {
  expect(verdictOn(withOverhead(1.109, null))).toContain(
    "SE costs about +11 % (one replica, so no interval)",
  );
});

test("wrong output gets no verdict on its latency", () => {
  const verdict = verdictOn(wrong);
  expect(verdict).toContain("No verdict on tfjs-web/webgl");
  expect(verdict).not.toContain("SE costs");
});

test("wrong output has no part in the answer but to be named, with the accuracy that it lost", () => {
  const [answer] = verdictsOf(runOf(wrong));
  expect(sentencesOf(answer!)).toEqual([
    "Nothing here can be ranked.",
    "Not ranked: tfjs-web/webgl (its output is wrong).",
    "Accuracy is lost on tfjs-web/webgl: SE has 700 of 1,000 images right, 228 fewer than the oracle, p < 0.001.",
  ]);
});

test("the answer names the runtime that is clearly the fastest, and by how much", () => {
  const answer = verdictsOf(sampleRun).find(({ work }) => work.startsWith("se-resnet18"));
  expect(answer!.speed[0]).toMatch(
    /^Fastest: onnxruntime-node\/cpu on node \(2 threads\) at 19\.6 ms .*; onnxruntime-web\/wasm \(2 threads\) takes 9\.2 times as long\.$/,
  );
});

test("the next form of the network is held against the plain one, the next runtime against the clock", () => {
  const rewritten = { ...withOverhead(1.02, [1.01, 1.03]), lowering: "conv1x1" };
  const gemm = { ...withOverhead(1.12, [1.1, 1.14]), lowering: "gemm" };
  const { se } = base.members;
  const times = (factor: number) => ({
    latencyMs: { ...se.latencyMs, p50: factor * se.latencyMs.p50, p50Interval: null },
    samplesMs: se.samplesMs.map((rounds) => rounds.map((ms) => ms.map((value) => factor * value))),
  });
  const elsewhere = {
    ...base,
    runtime: "b/x",
    members: { ...base.members, se: { ...se, ...times(40) } },
  };
  expect(verdictsOf(runOf(rewritten, gemm, elsewhere))[0]!.speed[0]).toMatch(
    /^Fastest: .*, conv1x1 at .*, gemm .* takes 1\.10 times as long, each against its plain network; b\/x .* takes 40 times as long\.$/,
  );
});

test("the answer says plainly which runtimes cannot be told apart", () => {
  expect(verdictsOf(sampleRun)[0]!.speed[0]).toMatch(
    /^Fastest, and they cannot be told apart: .* on node .* and .* on bun .*\.$/,
  );
});

test("the tally counts every case once", () => {
  expect(tally(sampleRun)).toBe(
    "12 cases ran, 1 of them with wrong output, 1 not timed; 2 failed; 2 unavailable",
  );
  expect(tally(runOf(base))).toBe("1 case ran");
});

test("a run that did not end says so", () => {
  const { run } = sampleRun;
  expect(incompleteness(sampleRun)).toBeNull();
  expect(incompleteness({ ...sampleRun, run: { ...run, interrupted: true } })).toContain(
    "interrupted",
  );
  expect(incompleteness({ ...sampleRun, run: { ...run, finished: null } })).toContain("--resume");
});
