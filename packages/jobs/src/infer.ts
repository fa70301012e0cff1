import type { BrokenFile, ReadImages } from "@sebench/datasets";
import type { ImageRange } from "@sebench/pairs";
import type { Attestation, ModelGroup, Precision } from "@sebench/runtime";
import { InputError, type Tensor } from "@sebench/spec";

export interface InferOptions {
  readonly batch: number;
  readonly precision: Precision;
  /** Whether whole rows are kept, and not only what they say of the label. */
  readonly keepRows: boolean;
}

/** What models answer to images. Images that cannot be read are left out of all its arrays. */
export interface Inference {
  /** The label of each image, which is its true class. */
  readonly labels: Int32Array;
  readonly broken: readonly BrokenFile[];
  /**
   * The SHA-256 of the bytes of each image that was asked for, broken ones too; empty where the
   * dataset's identity covers all bytes.
   */
  readonly hashes: readonly string[];
  readonly models: readonly ModelAnswers[];
  readonly attestation: Attestation;
}

export interface ModelAnswers {
  /** The class of the largest logit of each image, or -1 where a logit is NaN. */
  readonly top: Int32Array;
  /**
   * How many logits are larger than the label's, or -1 where a logit is NaN. A rank below 5 is
   * right by top-5.
   */
  readonly rank: Int32Array;
  /** The output rows, row-major `[images, length]`, or null where they are not kept. */
  readonly rows: Float32Array | null;
}

/** How images are read, and who is told of it. */
interface ImageReading {
  read(range: ImageRange): Promise<ReadImages>;
  onImages(done: number, total: number): Promise<void> | void;
}

/**
 * Runs models over a range of images, each of which is read once.
 *
 * @param models the models in the group's order, each with the number of logits that end its rows
 */
export async function inferImages(
  group: ModelGroup,
  models: readonly { readonly classes: number }[],
  range: ImageRange,
  { batch, keepRows }: InferOptions,
  { read: readRange, onImages }: ImageReading,
): Promise<Inference> {
  const labels: number[] = [];
  const broken: BrokenFile[] = [];
  const hashes: string[] = [];
  const told = models.map(() => ({
    top: [] as number[],
    rank: [] as number[],
    rows: [] as Float32Array[],
  }));
  for (let done = 0; done < range.count; done += batch) {
    await onImages(done, range.count);
    const count = Math.min(batch, range.count - done);
    const read = await readRange({ ...range, first: range.first + done, count });
    broken.push(...read.broken);
    hashes.push(...read.hashes);
    if (read.labels.length === 0) continue;
    labels.push(...read.labels);
    const outputs = await group.run(filled(read, batch));
    for (const [index, output] of outputs.entries()) {
      const length = output.length / batch;
      for (const [image, label] of read.labels.entries()) {
        const row = output.slice(image * length, (image + 1) * length);
        const { top, rank, rows } = told[index]!;
        const judged = judge(row.subarray(length - models[index]!.classes), label);
        top.push(judged.top);
        rank.push(judged.rank);
        if (keepRows) rows.push(row);
      }
    }
  }
  if (labels.length === 0)
    throw new InputError(`none of ${range.count} images can be read`, {
      remedy: `the first is ${broken[0]!.file}: ${broken[0]!.reason}`,
    });
  return {
    labels: Int32Array.from(labels),
    broken,
    hashes,
    models: told.map(({ top, rank, rows }) => ({
      top: Int32Array.from(top),
      rank: Int32Array.from(rank),
      rows: keepRows ? joined(rows) : null,
    })),
    attestation: await group.attest(),
  };
}

/** What the logits of an image say: its class, and how many logits are above the label's. */
function judge(logits: Float32Array, label: number): { top: number; rank: number } {
  const top = topClass(logits, 0, logits.length);
  const rank = top === -1 ? -1 : logits.filter((logit) => logit > logits[label]!).length;
  return { top, rank };
}

/** Fills a batch up to its size, with black images in place of those that are missing. */
function filled({ images }: ReadImages, batch: number): Tensor {
  const [count, ...shape] = images.shape as [number, ...number[]];
  if (count === batch) return images;
  const data = new Float32Array((images.data.length / count) * batch);
  data.set(images.data);
  return { shape: [batch, ...shape], data };
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const data = new Float32Array(rows.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const row of rows) {
    data.set(row, at);
    at += row.length;
  }
  return data;
}

/**
 * The class of the largest logit of a row, or the first class of several. The class is -1 where a
 * logit is NaN, which no comparison would find.
 *
 * @param logits row-major `[images, classes]`
 */
export function topClass(logits: ArrayLike<number>, image: number, classes: number): number {
  const start = image * classes;
  let top = start;
  for (let index = start; index < start + classes; index++) {
    if (Number.isNaN(logits[index])) return -1;
    if (logits[index]! > logits[top]!) top = index;
  }
  return top - start;
}

/** The class of the largest logit of every row, or -1 where a logit of the row is NaN. */
export function topClasses(logits: ArrayLike<number>, classes: number): number[] {
  return Array.from({ length: logits.length / classes }, (_, image) =>
    topClass(logits, image, classes),
  );
}
