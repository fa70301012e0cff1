import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleAnswers, sampleEvaluation } from "../testing/sample-evaluation.ts";
import {
  holdsEvaluation,
  readEvaluation,
  writeEvaluation,
  mergeEvaluations,
} from "./evaluation-file.ts";
import { type EvaluationRecord, summarizeEvaluation } from "./evaluation-record.ts";

function shard(index: number, of: number, change: Partial<EvaluationRecord> = {}) {
  const whole = sampleEvaluation(change);
  return {
    source: `part${index}`,
    record: {
      ...whole,
      parts: whole.parts.map((part) => Object.assign({}, part, { shard: { index, of } })),
    },
  };
}

const seven = [7, 7];
const second = shard(2, 2, {
  labels: seven,
  oracle: { images: [1], top: { plain: [7], se: [7] } },
  answers: ["onnxruntime-node/cpu", "onnxruntime-web/wasm"].map((runtime) =>
    sampleAnswers(runtime, seven, { plain: [0], se: [] }),
  ),
  broken: [{ file: "a.png", reason: "truncated" }],
});

test("shards become one evaluation, in their order", () => {
  const { record, missing } = mergeEvaluations([second, shard(1, 2)]);
  expect(missing).toEqual([]);
  expect(record.labels).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 7, 7]);
  expect(record.oracle).toEqual({
    images: [0, 1, 2, 11],
    top: { plain: [0, 1, 3, 7], se: [0, 1, 2, 7] },
  });
  expect(record.broken).toHaveLength(1);
  const [first] = summarizeEvaluation(record);
  expect(first!.plain.top1).toMatchObject({ count: 9 });
  expect(first!.plain.oracle).toMatchObject({ images: 4, agreeing: 4 });
});

test("a missing shard is named", () => {
  expect(mergeEvaluations([shard(1, 3), shard(3, 3)]).missing).toEqual(["2/3"]);
});

test.each<[string, ReturnType<typeof shard>, string]>([
  ["the same shard", shard(1, 2), "part1 and part1 are both shard 1/2"],
  ["another network", shard(2, 2, { network: "se-resnet20" }), "differ in the network"],
  ["another size", shard(2, 2, { imageSize: 28 }), "differ in the image size"],
  [
    "other weights",
    shard(2, 2, { weights: { kind: "seeded", seed: 1, hash: { plain: "a", se: "b" } } }),
    "differ in the weights",
  ],
  [
    "another dataset",
    shard(2, 2, { dataset: { ...sampleEvaluation().dataset, name: "other images" } }),
    "differ in the dataset",
  ],
  [
    "a dataset of other files",
    shard(2, 2, { dataset: { ...sampleEvaluation().dataset, identity: "dd" } }),
    "part1 and part2 saw different images: the names, labels, sizes or bytes of the files in ten",
  ],
  ["another number of shards", shard(2, 3), "differ in the number of shards"],
  ["other runtimes", shard(2, 2, { answers: [] }), "differ in what was run"],
])("%s is refused", (_what, other, message) => {
  expect(() => mergeEvaluations([shard(1, 2), other])).toThrow(message);
});

test("what is no shard is refused", () => {
  const whole = { source: "whole", record: sampleEvaluation() };
  expect(() => mergeEvaluations([whole])).toThrow("whole is no shard");
});

test("an evaluation is read as it was written, and told from a run", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sebench-evaluation-"));
  try {
    const [part] = sampleEvaluation().parts;
    const written = sampleEvaluation({ parts: [{ ...part!, content: "ee" }] });
    await writeEvaluation(folder, written);
    expect(await readEvaluation(folder)).toEqual(written);
    expect(await holdsEvaluation(folder)).toBe(true);
    expect(await holdsEvaluation(tmpdir())).toBe(false);
    const [answer] = sampleEvaluation().answers;
    const short = { ...sampleEvaluation(), labels: [1], answers: [answer] };
    await writeFile(join(folder, "evaluation.json"), JSON.stringify(short));
    await expect(readEvaluation(folder)).rejects.toThrow("answers: are not as many as the images");
  } finally {
    await rm(folder, { recursive: true });
  }
});
