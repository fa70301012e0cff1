import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownPreprocessing } from "@sebench/datasets/preprocessing";
import { solidColours, solidImage } from "@sebench/datasets/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageInputs } from "./image-inputs.ts";
import type { ModelInput } from "./image-layout.ts";

const folder = mkdtempSync(join(tmpdir(), "sebench-images-"));
beforeAll(async () => {
  const [red, , blue] = solidColours;
  writeFileSync(join(folder, "a.png"), await solidImage(red!));
  writeFileSync(join(folder, "b.png"), await solidImage(blue!));
});
afterAll(() => rmSync(folder, { recursive: true }));

const asIs = { normalisation: { mean: [0, 0, 0], deviation: [1, 1, 1] } } as const;
const both = ownPreprocessing("torchvision", { ...asIs, resize: { kind: "both" } });
const wide: ModelInput = { name: "x", type: "float32", shape: [1, 3, 8, 24] };

test("each run has an image, brought to sizes that are no square, in its place", async () => {
  const asked = { folder, preprocessing: both };
  const { runs, source } = await imageInputs(asked, "m.onnx", [wide], 1);
  const channels = runs.map(([x]) => [0, 1, 2].map((channel) => x!.data[channel * 8 * 24 + 7]));
  expect(channels).toEqual([
    [1, 0, 0],
    [0, 0, 1],
  ]);
  expect(source).toContain("2 images of sebench-images-");
  expect(source).toContain("resized to 8 x 24");
});

test("channels may be last, and a batch is filled up from the first image on", async () => {
  const last: ModelInput = { name: "x", type: "float32", shape: [3, 8, 24, 3] };
  const { runs } = await imageInputs({ folder, preprocessing: both }, "m.onnx", [last], 1);
  const [[x]] = runs as [[(typeof runs)[0][0]]];
  const image = (at: number) => x.data.slice(at * 8 * 24 * 3, at * 8 * 24 * 3 + 3);
  expect(image(0)).toEqual(Float32Array.of(1, 0, 0));
  expect(image(1)).toEqual(Float32Array.of(0, 0, 1));
  expect(image(2)).toEqual(Float32Array.of(1, 0, 0));
});

test("a crop that gives squares is refused for other sizes", async () => {
  const asked = { folder, preprocessing: "torchvision" } as const;
  await expect(imageInputs(asked, "m.onnx", [wide], 1)).rejects.toThrow("crops squares");
});

test("a model without images is refused", async () => {
  const numbers: ModelInput = { name: "x", type: "float32", shape: [1, 10] };
  const asked = { folder, preprocessing: both };
  await expect(imageInputs(asked, "m.onnx", [numbers], 1)).rejects.toThrow("takes no images");
});
