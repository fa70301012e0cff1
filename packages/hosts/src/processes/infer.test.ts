import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openShipped } from "@sebench/datasets";
import type { InferJob } from "@sebench/jobs";
import { rangeOf } from "@sebench/pairs";
import { runReference } from "@sebench/reference";
import { buildNetwork, excitationsOf } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { runInProcess } from "./process-host.ts";
import { thisNode } from "./program.ts";

const watch = { signal: new AbortController().signal, timeoutMs: 60_000, onProgress() {} };
const pair = {
  networks: { plain: "resnet8", se: "se-resnet8" },
  imageSize: 28,
  weights: { kind: "seeded", seed: 1 },
} as const;
const job: InferJob = {
  kind: "infer",
  runtime: "onnxruntime-node/cpu",
  engine: { threads: 1 },
  models: [
    { pair, member: "se", output: "logits", fixedGates: {} },
    { pair, member: "plain", output: "logits", fixedGates: {} },
  ],
  images: { request: null, size: 28, first: 10, count: 5 },
  options: { batch: 2, precision: "fp32", keepRows: true },
};

/** The oracle's logits of a network, and what they say of the labels. */
async function oracle(name: string) {
  const { images, labels } = await (await openShipped(28)).read(10, 5);
  const network = buildNetwork(name, { imageSize: 28 });
  const logits = runReference(network, seededWeights(network, 1), images);
  const rows = Array.from(labels, (_, image) => [...logits.subarray(image * 10, (image + 1) * 10)]);
  return {
    rows,
    labels: [...labels],
    top: rows.map((row) => row.indexOf(Math.max(...row))),
    rank: rows.map((row, image) => row.filter((logit) => logit > row[labels[image]!]!).length),
  };
}

describe("models that are run over images", () => {
  it("answer as the oracle does, in a last batch that is not full as well", async () => {
    const { labels, broken, models } = await runInProcess(thisNode, job, watch);
    expect(broken).toEqual([]);
    for (const [index, name] of ["se-resnet8", "resnet8"].entries()) {
      const expected = await oracle(name);
      const { top, rank, rows } = models[index]!;
      expect([...labels]).toEqual(expected.labels);
      expect([...top]).toEqual(expected.top);
      expect([...rank]).toEqual(expected.rank);
      for (const [at, value] of expected.rows.flat().entries()) {
        expect(rows![at]).toBeCloseTo(value, 4);
      }
    }
  });

  it("tell their gates, and keep those that are fixed", async () => {
    const network = buildNetwork("se-resnet8", { imageSize: 28 });
    const [first] = excitationsOf(network);
    const ones = { [first!.gate.name]: new Float32Array(16).fill(1) };
    const asked = { pair, member: "se", output: "gates" } as const;
    const models = [
      { ...asked, fixedGates: {} },
      { ...asked, fixedGates: ones },
    ];
    const answer = await runInProcess(thisNode, { ...job, models }, watch);
    const length = 16 + 32 + 64 + 10;
    const [free, fixed] = answer.models.map(({ rows }) => rows!);
    expect(free).toHaveLength(5 * length);
    for (let image = 0; image < 5; image++) {
      const gates = (rows: Float32Array) => rows.subarray(image * length, image * length + 16);
      expect(new Set(gates(fixed!))).toEqual(new Set([1]));
      for (const gate of gates(free!)) expect(gate).toSatisfy((of: number) => of > 0 && of < 1);
    }
  });
});

describe("a folder of images", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "sebench-infer-"));
    for (let label = 0; label < 10; label++) {
      const folder = join(directory, `class${label}`);
      await mkdir(folder);
      const background = { r: 25 * label, g: 100, b: 50 };
      const image = sharp({ create: { width: 32, height: 32, channels: 3, background } });
      await image.png().toFile(join(folder, "image.png"));
    }
  });
  afterAll(() => rm(directory, { recursive: true }));
  const request = () => ({ directory, size: 28, preprocessing: null, classes: 10 });

  it("counts and names an image that is broken, and goes on", async () => {
    await writeFile(join(directory, "class3", "image.png"), "no image");
    const images = { request: request(), size: 28, first: 0, count: 10 };
    const answer = await runInProcess(thisNode, { ...job, images }, watch);
    expect(answer.broken).toEqual([
      { file: join("class3", "image.png"), reason: expect.any(String) },
    ]);
    expect([...answer.labels]).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9]);
    expect(answer.models[0]!.top).toHaveLength(9);
  });

  it("of which none can be read is an error", async () => {
    const images = { request: request(), size: 28, first: 3, count: 1 };
    await writeFile(join(directory, "class3", "image.png"), "no image");
    await expect(runInProcess(thisNode, { ...job, images }, watch)).rejects.toThrow(
      "none of 1 images can be read",
    );
  });
});

test("shards are parts of equal length that leave no image out", () => {
  const parts = [1, 2, 3].map((index) => rangeOf(10, { index, of: 3 }));
  expect(parts).toEqual([
    { first: 0, count: 3 },
    { first: 3, count: 3 },
    { first: 6, count: 4 },
  ]);
  expect(rangeOf(10, null)).toEqual({ first: 0, count: 10 });
  expect(() => rangeOf(2, { index: 1, of: 3 })).toThrow("2 images have no 3 parts");
});
