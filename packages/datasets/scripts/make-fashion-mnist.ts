/**
 * This program makes data/fashion-mnist, the first 1,000 test images, from the four
 * files of Fashion-MNIST, which Debian's package `dataset-fashion-mnist` installs.
 *
 *     pnpm --filter @sebench/datasets make:fashion-mnist [FOLDER]
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readIdx } from "../src/image/idx.ts";
import { writeIdx } from "./write-idx.ts";

const count = 1000;
const from = process.argv[2] ?? "/usr/share/datasets/fashion-mnist";
const to = fileURLToPath(new URL("../data/fashion-mnist/", import.meta.url));

for (const { name, axes } of [
  { name: "images-idx3-ubyte.gz", axes: 3 },
  { name: "labels-idx1-ubyte.gz", axes: 1 },
]) {
  const { shape, data } = await readIdx(join(from, `t10k-${name}`), axes);
  const [total = 0, ...rest] = shape;
  const kept = data.subarray(0, (data.length / total) * count);
  await writeIdx(join(to, `t10k-first${count}-${name}`), [count, ...rest], kept);
}
