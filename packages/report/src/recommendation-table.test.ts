import { type Criteria, recommend } from "@sebench/results";
import { expect, test } from "vitest";
import { recommendationTable } from "./recommendation-table.ts";
import { sampleRun } from "./testing/sample-run.ts";

const anyLatency: Criteria = {
  member: "se",
  percentile: "p50",
  scenario: "single-stream",
  sloMs: null,
  minAccuracy: null,
  maxMemoryBytes: null,
  maxFirstAnswerMs: null,
  maxDownloadBytes: null,
};
const resnet50 = sampleRun.cases.filter(
  ({ network, batch }) => network === "se-resnet50" && batch === 1,
);
const tableFor = (criteria: Partial<Criteria>): string => {
  const asked = { ...anyLatency, ...criteria };
  const answer = recommend(resnet50, asked);
  return recommendationTable(sampleRun, answer, asked, { color: false, width: 160 });
};

test("runtimes that cannot be told apart are recommended together", () => {
  expect(tableFor({})).toContain(
    "Deploy one of these, which cannot be told apart: onnxruntime-node/cpu on node (2 threads), onnxruntime-node/cpu on bun (2 threads).",
  );
});

test("each rejection has its reason", () => {
  const text = tableFor({ sloMs: 100 });
  expect(text).toMatch(/Not onnxruntime-web\/wasm \(2 threads\): p50 is 5\d\d ms, over 100 ms\./);
  expect(text).toMatch(/Not onnxruntime-node\/cuda: unavailable: /);
});

test("where none meets what is asked for, that is said", () => {
  expect(tableFor({ sloMs: 1 })).toContain("No runtime meets this.");
});

test("the plain member is recommended for where it is the one that is deployed", () => {
  expect(tableFor({ member: "plain" }).split("\n")[0]).toBe("resnet50, 224 px, batch 1");
});

test("a demand on fresh starts is told apart from one that cannot be judged", () => {
  const text = tableFor({ maxFirstAnswerMs: 1000 });
  expect(text).toMatch(/^onnxruntime-node\/cpu on node .* 842 ms /m);
  expect(text).toMatch(
    /Not onnxruntime-web\/wasm \(2 threads\): its\s+first\s+answer\s+comes\s+after\s+2050\s+ms/,
  );
  expect(text).toContain("cannot tell: its record has no fresh start");
});

test("a download is shown where a runtime that meets the demands is in a page", () => {
  expect(tableFor({}).split("\n")[1]).toContain("download");
  expect(tableFor({ maxFirstAnswerMs: 1000 }).split("\n")[1]).not.toContain("download");
});
