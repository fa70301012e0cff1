import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
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
  listing: { order: null, nested: null, alsoRead: [], leftOut: [], empty: [] },
});
const open = (...files: readonly string[]) =>
  openImageFiles(folder, indexed(...files), "cifar10", 4, undefined);

/** A grey image of 4 x 4 pixels, as a Netpbm file. */
const grey = (value: number) => Buffer.from(`P5 4 4 255\n${String.fromCharCode(value).repeat(16)}`);

test("images of Fashion-MNIST that are saved as PNG files are read as those that ship, to the last bit", async () => {
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

test("the identity covers names, labels, sizes and bytes", async () => {
  await writeFile(join(folder, "a.pgm"), grey(1));
  await writeFile(join(folder, "b.pgm"), grey(2));
  const { identity } = await open("a.pgm", "b.pgm");
  const [a, b] = [grey(1), grey(2)].map((bytes) =>
    createHash("sha256").update(bytes).digest("hex"),
  );
  const text = `a.pgm\t0\t27\nb.pgm\t1\t27\n${a}\n${b}\n`;
  expect(await identity()).toBe(createHash("sha256").update(text).digest("hex"));
  await writeFile(join(folder, "b.pgm"), grey(3));
  expect(await (await open("a.pgm", "b.pgm")).identity()).not.toBe(
    createHash("sha256").update(text).digest("hex"),
  );
});

test("of many files each size is covered, and the bytes of some", async () => {
  const names = Array.from({ length: 300 }, (_, index) => `many/${index}.pgm`);
  await mkdir(join(folder, "many"));
  for (const name of names) await writeFile(join(folder, name), grey(1));
  const dataset = await open(...names);
  const identity = await dataset.identity();
  // With 256 of 300 files read, the seventh is not, and the eighth is.
  await writeFile(join(folder, names[6]!), grey(2));
  expect(await dataset.identity()).toBe(identity);
  expect((await dataset.read(6, 1)).hashes).not.toEqual((await dataset.read(0, 1)).hashes);
  await writeFile(join(folder, names[6]!), Buffer.concat([grey(1), Buffer.from("\n")]));
  expect(await dataset.identity()).not.toBe(identity);
  await writeFile(join(folder, names[6]!), grey(1));
  expect(await dataset.identity()).toBe(identity);
  await writeFile(join(folder, names[7]!), grey(2));
  expect(await dataset.identity()).not.toBe(identity);
});

test("what is read is hashed file by file, broken ones too", async () => {
  await writeFile(join(folder, "a.pgm"), grey(1));
  await writeFile(join(folder, "broken.jpg"), "no image");
  const { hashes, broken } = await (await open("a.pgm", "broken.jpg", "gone.png")).read(0, 3);
  expect(broken.map(({ file }) => file)).toEqual(["broken.jpg", "gone.png"]);
  const expected = [grey(1), Buffer.from("no image")].map((bytes) =>
    createHash("sha256").update(bytes).digest("hex"),
  );
  expect(hashes).toEqual([...expected, "unread"]);
});

test.runIf(process.platform === "linux")(
  "a pipe and a folder among the images are broken, and nobody waits for them",
  async () => {
    execFileSync("mkfifo", [join(folder, "pipe.jpg")]);
    await mkdir(join(folder, "folder.png"));
    await writeFile(join(folder, "a.pgm"), grey(1));
    const dataset = await open("a.pgm", "pipe.jpg", "folder.png");
    const { broken } = await dataset.read(0, 3);
    expect(broken).toEqual([
      { file: "pipe.jpg", reason: "it is no file" },
      { file: "folder.png", reason: "it is no file" },
    ]);
    expect(await dataset.identity()).toMatch(/^[0-9a-f]{64}$/);
  },
);
