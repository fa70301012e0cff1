import { elementCount, type Tensor } from "@sebench/spec";
import { joined, type PreparedMembers } from "../session/prepared-members.ts";
import type { Clock } from "../session/visit.ts";

/**
 * Labelled images that the sessions run once they have been timed; accuracy is worked out
 * from them.
 */
export interface LabelledImages {
  /**
   * Loads the images, `[n, channels, height, width]`. It is called after timing, so
   * that the images take no memory while runs are timed.
   */
  load(): Promise<Tensor>;
  /**
   * The number of images, from the first on, that are run even if they take longer than
   * `budgetMs`.
   */
  readonly least: number;
  /** The time for the images of each member; null runs all images, whatever time they take. */
  readonly budgetMs: number | null;
}

interface Asking {
  readonly batch: number;
  readonly now: Clock;
  readonly onImages: (done: number, total: number) => Promise<void>;
}

/**
 * The logits of each member, row-major `[images, classes]`, of all images, or of
 * as many, from the first on, as there is time for. The members take turns, so that
 * all have the same images.
 */
export async function labelledLogits(
  members: PreparedMembers,
  { load, least, budgetMs }: LabelledImages,
  { batch, now, onImages }: Asking,
): Promise<Float32Array[]> {
  const images = await load();
  const total = images.shape[0]!;
  const rows = members.map((): Float32Array[] => []);
  const untilMs = budgetMs === null ? Infinity : now() + members.length * budgetMs;
  let done = 0;
  while (done < total && (done < least || now() < untilMs)) {
    await onImages(done, total);
    const own = Math.min(batch, total - done);
    const input = batchFrom(images, done, batch);
    for (const [index, { session }] of members.entries()) {
      const logits = await session.run(await session.stage(input));
      rows[index]!.push(logits.subarray(0, (logits.length / batch) * own));
    }
    done += own;
  }
  return rows.map(joined);
}

/**
 * The batch that begins at image `start`; images from the first on fill it up if the last
 * one is in it.
 */
function batchFrom({ shape, data }: Tensor, start: number, batch: number): Tensor {
  const [total, ...image] = shape as [number, ...number[]];
  const length = elementCount(image);
  if (start + batch <= total) {
    const values = data.subarray(start * length, (start + batch) * length);
    return { shape: [batch, ...image], data: values };
  }
  const values = new Float32Array(batch * length);
  for (let index = 0; index < batch; index++) {
    const from = ((start + index) % total) * length;
    values.set(data.subarray(from, from + length), index * length);
  }
  return { shape: [batch, ...image], data: values };
}
