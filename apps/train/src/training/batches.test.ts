import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDataset } from "@sebench/datasets";
import { channelsLast } from "@sebench/reference/testing";
import { expect, test } from "vitest";
import { smallSet, writeSmallDataset } from "../testing/small-dataset.ts";
import { epochBatches } from "./batches.ts";
import { defaultSettings, type TrainingSettings } from "./settings.ts";

const data = smallSet(40, 1);
const settings: TrainingSettings = { ...defaultSettings, network: "resnet8", batch: 16 };
const epochOf = (epoch: number, of: Partial<TrainingSettings> = {}) => [
  ...epochBatches(data, { ...settings, ...of }, epoch),
];

/** The byte from which a value of a batch was made. */
const byteOf = (value: number) => Math.abs(Math.round((value * 0.353 + 0.286) * 255));

test("an image is laid as the bench lays it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sebench-batches-"));
  try {
    const one = smallSet(1, 1);
    await writeSmallDataset(directory, one, one);
    const dataset = await openDataset({ directory, size: 32, preprocessing: null });
    const { images } = await dataset.read(0, 1);
    const [batch] = [...epochBatches(one, { ...settings, batch: 1, augment: false }, 1)];
    expect(batch!.shape).toEqual([1, 32, 32, 3]);
    expect(batch!.images).toEqual(channelsLast(images));
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("an epoch has whole batches of different images", () => {
  const batches = epochOf(1, { augment: false, imageSize: 28 });
  expect(batches).toHaveLength(2);
  const seen = batches.flatMap(({ images, labels }) =>
    Array.from(labels, (label, image) => {
      const own = images.subarray(image * 28 * 28 * 3, (image + 1) * 28 * 28 * 3);
      const bytes = own.filter((_, index) => index % 3 === 0).map(byteOf);
      const index = findImage(Uint8Array.from(bytes));
      expect(data.labels[index]).toBe(label);
      return index;
    }),
  );
  expect(new Set(seen).size).toBe(32);
});

test("a subset is the first images", () => {
  const [batch, ...rest] = epochOf(1, { subset: 16 });
  expect(rest).toHaveLength(0);
  expect([...batch!.labels].toSorted()).toEqual([...data.labels.subarray(0, 16)].toSorted());
});

test("the seed and the epoch decide the order and how images are shifted", () => {
  const images = (of: ReturnType<typeof epochOf>) => of.map((batch) => batch.images);
  expect(images(epochOf(1))).toEqual(images(epochOf(1)));
  expect(images(epochOf(2))).not.toEqual(images(epochOf(1)));
  expect(images(epochOf(1, { seed: 2 }))).not.toEqual(images(epochOf(1)));
});

test("an image is shifted by up to 2 pixels each way, and mirrored half of the time", () => {
  const seen = { mirrored: 0, shifts: new Set<string>() };
  for (let epoch = 1; epoch <= 20; epoch++) {
    const [batch] = epochOf(epoch, { batch: 40 });
    for (let image = 0; image < 40; image++) {
      const placement = placementOf(batch!.images.subarray(image * 3072, (image + 1) * 3072));
      if (placement.mirrored) seen.mirrored++;
      seen.shifts.add(`${placement.down} ${placement.right}`);
    }
  }
  expect(seen.shifts.size).toBe(25);
  // Of 800 images 400 are mirrored, with a standard deviation of 14.
  expect(Math.abs(seen.mirrored - 400)).toBeLessThan(70);
});

function findImage(bytes: Uint8Array): number {
  for (let index = 0; index < data.count; index++) {
    if (Buffer.compare(bytes, data.pixels.subarray(index * 784, (index + 1) * 784)) === 0) {
      return index;
    }
  }
  throw new Error("no such image");
}

/** Undoes each way of laying an image into 32 pixels until one of them gives an image of the set. */
function placementOf(pixels: Float32Array) {
  for (const down of [-2, -1, 0, 1, 2]) {
    for (const right of [-2, -1, 0, 1, 2]) {
      for (const mirrored of [false, true]) {
        const bytes = Uint8Array.from({ length: 784 }, (_, at) => {
          const [y, x] = [Math.floor(at / 28), at % 28];
          const column = (mirrored ? 27 - x : x) + 2 + right;
          return byteOf(pixels[((y + 2 + down) * 32 + column) * 3]!);
        });
        try {
          findImage(bytes);
          return { down, right, mirrored };
        } catch {
          // The image was laid in another way.
        }
      }
    }
  }
  throw new Error("it is laid in another way");
}
