import type { Shard } from "@sebench/cli";
import { type Dataset, type DatasetRequest, openDataset, openShipped } from "@sebench/datasets";
import { InputError } from "@sebench/spec";

/** Consecutive images of a dataset. */
export interface ImageRange {
  /** The person's own folder of images, or null for the images that ship. */
  readonly request: DatasetRequest | null;
  /** The side of an image in pixels. */
  readonly size: number;
  readonly first: number;
  readonly count: number;
}

export function openImages({
  request,
  size,
}: Pick<ImageRange, "request" | "size">): Promise<Dataset> {
  return request === null ? openShipped(size) : openDataset(request);
}

/**
 * The i-th of n equal parts of a dataset's first images.
 *
 * @param count the number of images in all parts together
 * @param shard the part, or null for all images
 */
export function rangeOf(count: number, shard: Shard | null): Pick<ImageRange, "first" | "count"> {
  if (shard === null) return { first: 0, count };
  const start = (part: number) => Math.floor((count * part) / shard.of);
  const [first, end] = [start(shard.index - 1), start(shard.index)];
  if (end > first) return { first, count: end - first };
  throw new InputError(`${count} images have no ${shard.of} parts`, {
    remedy: "give fewer shards",
  });
}
