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

/** What models answer to images. Broken ones have no place in it. */
export interface Inference {
  /** The class of each image. */
  readonly labels: Int32Array;
  readonly broken: readonly BrokenFile[];
  readonly models: readonly ModelAnswers[];
  readonly attestation: Attestation;
}

export interface ModelAnswers {
  /** The class of the largest logit of each image; -1 where one is NaN. */
  readonly top: Int32Array;
  /** How many logits are larger than the label's: below 5 is right by top-5. -1 where one is NaN. */
  readonly rank: Int32Array;
  /** Row-major `[images, length]`; null where they are not kept. */
  readonly rows: Float32Array | null;
}

/** How images come, and who is told. */
interface ImageReading {
  read(range: ImageRange): Promise<ReadImages>;
  onImages(done: number, total: number): Promise<void> | void;
}

/**
 * Runs models over a range of images, each of which is read once.
 *
 * @param models whose rows end in so many logits
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
    models: told.map(({ top, rank, rows }) => ({
      top: Int32Array.from(top),
      rank: Int32Array.from(rank),
      rows: keepRows ? joined(rows) : null,
    })),
    attestation: await group.attest(),
  };
}

/** What the logits of an image say: its class, and how many are above the label's. */
function judge(logits: Float32Array, label: number): { top: number; rank: number } {
  const top = topClass(logits, 0, logits.length);
  const rank = top === -1 ? -1 : logits.filter((logit) => logit > logits[label]!).length;
  return { top, rank };
}

/** A whole batch: black images stand for those that are missing from it. */
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
 * The class of a row's largest logit, the first of several; -1 where one is NaN,
 * which no comparison would find.
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

/** Of every row. */
export function topClasses(logits: ArrayLike<number>, classes: number): number[] {
  return Array.from({ length: logits.length / classes }, (_, image) =>
    topClass(logits, image, classes),
  );
}
