import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "@sebench/spec";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fashionMnistNormalisation } from "../fashion-mnist/fashion-mnist-image.ts";
import { openDataset } from "../open-dataset.ts";
import { loadImages } from "../shipped/shipped-images.ts";
import { openImageFiles } from "./image-files-dataset.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "image-files-"));
});
afterAll(() => rm(folder, { recursive: true }));

const indexed = (...files: readonly string[]) => ({
  files,
  labels: Int32Array.from(files, (_, index) => index),
  classes: null,
});
const open = (...files: readonly string[]) =>
  openImageFiles(folder, indexed(...files), "cifar10", 4, undefined);

/** A grey image of 4 x 4 pixels, as a Netpbm file. */
const grey = (value: number) => Buffer.from(`P5 4 4 255\n${String.fromCharCode(value).repeat(16)}`);

test("test images that are saved as PNG files are read as those that ship, to the last bit", async () => {
  const count = 6;
  const shipped = await loadImages({ dataset: "fashion-mnist", size: 28, count });
  const [mean, deviation] = [
    fashionMnistNormalisation.mean[0],
    fashionMnistNormalisation.deviation[0],
  ];
  const names = Array.from({ length: count }, (_, index) => `shipped-${index}.png`);
  for (const [index, name] of names.entries()) {
    const first = index * 3 * 28 * 28;
    const values = shipped.images.data.subarray(first, first + 28 * 28);
    const bytes = Uint8Array.from(values, (value) => Math.round((value * deviation + mean) * 255));
    const raw = { width: 28, height: 28, channels: 1 } as const;
    await sharp(bytes, { raw }).png().toFile(join(folder, name));
  }
  for (const size of [28, 32]) {
    const dataset = await openImageFiles(folder, indexed(...names), "fashion-mnist", size, 10);
    const { images } = await dataset.read(0, count);
    expect(images).toEqual((await loadImages({ dataset: "fashion-mnist", size, count })).images);
  }
});

test("small images of weights that are not known need a preprocessing that is asked for", async () => {
  await writeFile(join(folder, "0.png"), grey(9));
  await writeFile(join(folder, "labels.csv"), "0.png,0\n");
  const request = { directory: folder, labels: join(folder, "labels.csv"), size: 4 };
  const failure = openDataset({ ...request, preprocessing: null, usual: null });
  await expect(failure).rejects.toThrow(InputError);
  await expect(failure).rejects.toThrow("nothing says how the image files of");
  const asked = await openDataset({ ...request, preprocessing: "cifar100", usual: null });
  expect(asked.preprocessing).toMatch(/^cifar100: images of 4 x 4 as they are/);
});
