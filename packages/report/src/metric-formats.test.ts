import { expect, test } from "vitest";
import { bencherMetrics, smallerIsBetter } from "./metric-formats.ts";
import { sampleCase, sampleRun } from "./testing/sample-run.ts";

const first = sampleCase("onnxruntime-node/cpu|node|se-resnet50|224|b1");

test("github-action-benchmark gets the ratio, which is never 0, and the latency", () => {
  const entries = JSON.parse(smallerIsBetter(sampleRun)) as Record<string, unknown>[];
  const own = entries.filter(({ name }) =>
    String(name).startsWith(first.id.replaceAll("|", " · ")),
  );
  expect(own).toMatchObject([
    { unit: "x", value: first.overhead.ratio, range: expect.stringMatching(/^± 0\.00\d+$/) },
    { unit: "ms", value: first.members.se.latencyMs.p50 },
  ]);
  for (const entry of entries) {
    expect(typeof entry["name"]).toBe("string");
    expect(entry["value"]).toBeGreaterThan(0);
  }
});

test("github-action-benchmark's table, whose cells end at each |, keeps whole names apart", () => {
  const entries = JSON.parse(smallerIsBetter(sampleRun)) as { name: string; extra: string }[];
  const names = entries.map(({ name }) => name);
  expect(names.join("")).not.toContain("|");
  expect(names).toContain(
    "onnxruntime-node/cpu · node · se-resnet50 · 224 · b1 · fp32 · gemm: p50",
  );
  expect(new Set(names).size).toBe(names.length);
});

test("Bencher gets latencies in nanoseconds, with both bounds", () => {
  const metrics = JSON.parse(bencherMetrics(sampleRun)) as Record<string, unknown>;
  const { p50, p50Interval } = first.members.se.latencyMs;
  expect(metrics[first.id]).toEqual({
    "se-over-plain": {
      value: first.overhead.ratio,
      lower_value: first.overhead.interval![0],
      upper_value: first.overhead.interval![1],
    },
    latency: {
      value: p50 * 1e6,
      lower_value: p50Interval![0] * 1e6,
      upper_value: p50Interval![1] * 1e6,
    },
  });
});

test("a case whose output is wrong is left out of both", () => {
  const wrong = sampleCase("tfjs-web/webgl").id;
  expect(smallerIsBetter(sampleRun)).not.toContain(wrong);
  expect(bencherMetrics(sampleRun)).not.toContain(wrong);
});
