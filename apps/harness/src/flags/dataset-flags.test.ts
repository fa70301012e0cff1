import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildMember, openPair } from "@sebench/pairs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { classesOf } from "@sebench/spec";
import { type Classifier, type DatasetFlags, openAsked } from "./dataset-flags.ts";

let data: string;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "dataset-flags-"));
  // The content is Netpbm's under another ending, which is read by what it is.
  await writeFile(join(data, "0.png"), `P5 28 28 255\n${"\u0040".repeat(28 * 28)}`);
  await writeFile(join(data, "labels.csv"), "0.png,3\n");
});
afterAll(() => rm(data, { recursive: true }));

const trained = await openPair("se-resnet8", {
  weights: { kind: "shipped" },
  imageSize: null,
  seed: 1,
});
const { network } = await buildMember(trained.description, "se");
const classifier: Classifier = {
  name: network.name,
  classes: classesOf(network),
  size: trained.description.imageSize,
  origin: trained.origin,
};

/** A pair whose weights come from a file of the person's own. */
const checkpoint = {
  ...classifier,
  origin: { kind: "checkpoint" as const },
};

/** A model's file of the person's own. */
const file = { ...classifier, origin: { kind: "model" as const } };

const open = (flags: DatasetFlags, asked: Classifier = classifier) =>
  openAsked({ data, labels: join(data, "labels.csv"), ...flags }, asked);

test("trained weights that ship bring their own preprocessing to image files", async () => {
  const { dataset } = await open({});
  expect(dataset.preprocessing).toMatch(/^fashion-mnist: images of 28 x 28 in the middle of black/);
  const { images } = await dataset.read(0, 1);
  expect(images.data[0]).toBeCloseTo(-0.286 / 0.353, 6);
  expect(images.data[2 * 32 + 2]).toBeCloseTo((64 / 255 - 0.286) / 0.353, 6);
});

test("a preprocessing that is named takes the place of the weights' own", async () => {
  const { dataset } = await open({ preprocessing: "timm" });
  expect(dataset.preprocessing).toMatch(/^timm: shorter edge at 36 pixels/);
});

test("parts of the preprocessing are given by flags, for weights of one's own too", async () => {
  const flags = { mean: "0.1,0.2,0.3", std: "0.5", resize: "shorter:40", interpolation: "bicubic" };
  const { dataset } = await open(flags as DatasetFlags, checkpoint);
  expect(dataset.preprocessing).toBe(
    "own: shorter edge at 40 pixels (bicubic, as PIL), centre crop of 32; RGB in 0..1 less the " +
      "mean 0.1, 0.2, 0.3, by the standard deviation 0.5, 0.5, 0.5",
  );
  expect((await open({ resize: "both" })).dataset.preprocessing).toContain("0.286, 0.286, 0.286");
});

test.for<[DatasetFlags, string]>([
  [{}, "nothing says how the image files of"],
  [{ mean: "0.5" }, "--std is missing, and nothing says what it is"],
  [{ mean: "123.7", std: "0.5", resize: "none" }, '--mean is "123.7"'],
  [{ mean: "0.5,0.5", std: "0.5", resize: "none" }, '--mean is "0.5,0.5"'],
  [{ mean: "0.5", std: "0", resize: "none" }, '--std is "0"'],
  [{ mean: "0.5", std: "0.5", resize: "longer" }, '--resize is "longer"'],
  [{ mean: "0.5", std: "0.5", resize: "shorter:16" }, '--resize shorter is "16"'],
])("flags that say too little or too much name their cause: %j", async ([flags, message]) => {
  await expect(open(flags, checkpoint)).rejects.toThrow(message);
  await expect(open(flags, file)).rejects.toThrow(message);
});
