import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "@sebench/spec";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeIdx } from "../../scripts/write-idx.ts";
import { findFashionMnist, readFashionMnist } from "./fashion-mnist-folder.ts";

const area = 28 * 28;
const packaged = "/usr/share/datasets/fashion-mnist";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fashion-mnist-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A folder of two test images, the first all of 7 and the second all of 8, changed as asked. */
async function writeSplit({
  labels = [3, 9],
  side = 28,
}: { readonly labels?: readonly number[]; readonly side?: number } = {}): Promise<void> {
  const pixels = new Uint8Array(2 * side * side).fill(7).fill(8, side * side);
  await writeIdx(join(folder, "t10k-images-idx3-ubyte.gz"), [2, side, side], pixels);
  const path = join(folder, "t10k-labels-idx1-ubyte.gz");
  await writeIdx(path, [labels.length], Uint8Array.from(labels));
}

test("a split is the bytes of its two files", async () => {
  await writeSplit();
  const { count, pixels, labels } = await readFashionMnist(folder, "test");
  expect(count).toBe(2);
  expect(pixels).toHaveLength(2 * area);
  expect([pixels[0], pixels[area - 1], pixels[area]]).toEqual([7, 7, 8]);
  expect([...labels]).toEqual([3, 9]);
});

test("files that are not gzipped serve as well", async () => {
  const pixels = new Uint8Array(area).fill(5);
  const header = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28];
  await writeFile(join(folder, "train-images-idx3-ubyte"), Uint8Array.of(...header, ...pixels));
  const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 4);
  await writeFile(join(folder, "train-labels-idx1-ubyte"), labels);
  const read = await readFashionMnist(folder, "train");
  expect([read.count, read.pixels[0], read.labels[0]]).toEqual([1, 5, 4]);
});

test.for([
  [{ labels: [3] }, "there are 2 images and 1 labels"],
  [{ labels: [3, 10] }, "image 1 has the label 10, past 9"],
  [{ side: 32 }, "they have 32 x 32 pixels, not 28 x 28"],
] as const)("files that do not fit name their cause: %o", async ([change, message]) => {
  await writeSplit(change);
  const failure = readFashionMnist(folder, "test");
  await expect(failure).rejects.toThrow(InputError);
  await expect(failure).rejects.toThrow(message);
});

test("a FIFO is no file of a split, since reading one may never end", async () => {
  await writeSplit();
  execFileSync("mkfifo", [join(folder, "train-images-idx3-ubyte")]);
  await writeIdx(join(folder, "train-labels-idx1-ubyte.gz"), [1], Uint8Array.of(1));
  await expect(readFashionMnist(folder, "train")).rejects.toThrow("has no file train-images");
});

test("a split that is not there is named by its file", async () => {
  await writeSplit();
  const failure = readFashionMnist(folder, "train");
  await expect(failure).rejects.toThrow(InputError);
  await expect(failure).rejects.toThrow("has no file train-images-idx3-ubyte");
});

test("the folder that the user names is taken", async () => {
  await writeSplit();
  expect(findFashionMnist(folder)).toBe(folder);
});

test("a folder without the files is told how to get them", () => {
  const find = () => findFashionMnist(folder);
  expect(find).toThrow(`Fashion-MNIST is not in ${folder}`);
  expect(find).toThrow(
    expect.objectContaining({ remedy: expect.stringContaining("dataset-fashion-mnist") }),
  );
});

test.runIf(existsSync(packaged))(
  "Debian's package is found and has the published sets",
  async () => {
    const found = findFashionMnist(null);
    const train = await readFashionMnist(found, "train");
    const { count } = await readFashionMnist(found, "test");
    expect([train.count, count]).toEqual([60_000, 10_000]);
    // The first images are an ankle boot, two T-shirts and a dress, as in the README's
    // figure and each loader's tutorial.
    expect([...train.labels.subarray(0, 10)]).toEqual([9, 0, 0, 3, 0, 2, 7, 2, 5, 5]);
    const dresses = train.labels.filter((label) => label === 3);
    expect(dresses).toHaveLength(6000);
  },
);
