import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FashionMnist } from "@sebench/datasets";
import { seededRandom } from "@sebench/measure";

const side = 28;

/** Images in the format of Fashion-MNIST that can be learned, as each class has stripes of its own in noise. */
export function smallSet(count: number, seed: number): FashionMnist {
  const random = seededRandom(seed);
  const pixels = new Uint8Array(count * side * side);
  const labels = Uint8Array.from({ length: count }, (_, image) => image % 10);
  for (let at = 0; at < pixels.length; at++) {
    const label = labels[Math.floor(at / (side * side))]!;
    const along = label < 5 ? at % side : Math.floor(at / side) % side;
    const stripe = along % ((label % 5) + 2) === 0;
    pixels[at] = Math.floor(random() * 64) + (stripe ? 160 : 0);
  }
  return { count, pixels, labels };
}

/** Writes both splits as idx files, under their published names. */
export async function writeSmallDataset(
  folder: string,
  train: FashionMnist,
  test: FashionMnist,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [prefix, { count, pixels, labels }] of [
    ["train", train],
    ["t10k", test],
  ] as const) {
    const images = idx([count, side, side], pixels);
    await writeFile(join(folder, `${prefix}-images-idx3-ubyte`), images);
    await writeFile(join(folder, `${prefix}-labels-idx1-ubyte`), idx([count], labels));
  }
}

function idx(shape: readonly number[], data: Uint8Array): Uint8Array {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 0x08, shape.length]);
  for (const [axis, length] of shape.entries()) header.writeUInt32BE(length, 4 + 4 * axis);
  return Buffer.concat([header, data]);
}
