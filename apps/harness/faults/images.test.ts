import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { bitPng } from "@sebench/datasets/testing";
import { readEvaluation } from "@sebench/results";
import { afterAll, beforeAll, expect, test } from "vitest";
import { benchHere } from "../src/testing/bench.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sebench-images-"));
});
afterAll(() => rm(root, { recursive: true }));

const flags = "eval --network se-resnet8 --runtime onnxruntime-node/cpu --oracle 0 --batch 2";
const evaluate = (data: string, out: string, ...more: string[]) =>
  benchHere(...flags.split(" "), "--data", join(root, data), "--out", join(root, out), ...more);

/** A grey image of 28 x 28 pixels, in a format that is told by its content alone. */
const grey = (value: number) => `P5 28 28 255\n${String.fromCharCode(value).repeat(28 * 28)}`;

/** A whole PNG file of 16,000 x 16,000 bits, in 31 kB. */
const largePng = () => bitPng(16_000, (16_000 / 8 + 1) * 16_000);

async function writeFolder(name: string, files: Readonly<Record<string, string | Buffer>>) {
  await mkdir(join(root, name));
  for (const [file, content] of Object.entries(files)) {
    await writeFile(join(root, name, file), content, "latin1");
  }
  const lines = Object.keys(files).map((file, index) => `${file},${index % 10}`);
  await writeFile(join(root, `${name}.csv`), lines.join("\n"));
}

test("an image that unpacks to more than memory is one broken image of an evaluation", async () => {
  const png = largePng();
  expect(png.length).toBeLessThan(32_000);
  await writeFolder("large", {
    "a.png": grey(40),
    "large.png": png,
    "cut.png": png.subarray(0, 100),
    "b.png": grey(90),
  });
  const ended = await evaluate("large", "of-large", "--labels", join(root, "large.csv"));
  expect(ended.code).toBe(0);
  const record = await readEvaluation(join(root, "of-large"));
  expect(record.labels).toEqual([0, 3]);
  expect(record.broken).toEqual([
    {
      file: "large.png",
      reason: expect.stringContaining("16000 x 16000 pixels, and at most 178,956,970"),
    },
    { file: "cut.png", reason: expect.any(String) },
  ]);
}, 60_000);

test("shards of images with other pixels are not merged", async () => {
  const files = (value: number) => ({
    "a.png": grey(10),
    "b.png": grey(20),
    "c.png": grey(30),
    "d.png": grey(value),
  });
  // The files have the same names, labels and sizes.
  await mkdir(join(root, "other"));
  await writeFolder("shards", files(40));
  await writeFolder("other/shards", files(41));
  const labels = ["--labels", join(root, "shards.csv")];
  await evaluate("shards", "first", ...labels, "--shard", "1/2");
  await evaluate("other/shards", "second", ...labels, "--shard", "2/2");
  const out = join(root, "merged");
  const merging = await benchHere("merge", join(root, "first"), join(root, "second"), "--out", out);
  expect(merging.code).toBe(2);
  expect(merging.stderr).toContain("saw different images: the names, labels, sizes or bytes");
  expect(existsSync(out)).toBe(false);
}, 60_000);

test("an idx file that unpacks to more than its header announces is one clear error", async () => {
  await mkdir(join(root, "idx"));
  const header = (magic: number, ...shape: readonly number[]) => {
    const bytes = Buffer.alloc(4 + 4 * shape.length);
    bytes.writeUInt32BE(magic);
    for (const [axis, extent] of shape.entries()) bytes.writeUInt32BE(extent, 4 + 4 * axis);
    return bytes;
  };
  const images = Buffer.concat([header(0x803, 4, 28, 28), Buffer.alloc(2 ** 28)]);
  await writeFile(join(root, "idx", "t10k-images-idx3-ubyte.gz"), gzipSync(images));
  await writeFile(
    join(root, "idx", "t10k-labels-idx1-ubyte.gz"),
    gzipSync(Buffer.concat([header(0x801, 4), Buffer.alloc(4)])),
  );
  const ended = await evaluate("idx", "of-idx");
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain("its header announces 3136 values, and more follow");
}, 60_000);
