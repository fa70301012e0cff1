import { InputError } from "@sebench/spec";

/** The most parts, each of which must have something to do. */
const mostShards = 10_000;

/** A part of a job, one of several equal ones. */
export interface Shard {
  /** The number of the part, from 1. */
  readonly index: number;
  readonly of: number;
}

/**
 * Reads `--shard`, such as 2/4.
 *
 * @throws InputError if the text is no shard
 */
export function readShard(text: string): Shard {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, of] = [Number(match?.[1]), Number(match?.[2])];
  if (match && index >= 1 && index <= of && of <= mostShards) return { index, of };
  throw new InputError(`--shard is "${text}"`, {
    remedy: "give i/n with i from 1 to n, such as 2/4, and n up to 10000",
  });
}

/**
 * The items of a part, every n-th from the i-th on, so that costly and cheap ones are
 * spread over all parts.
 */
export function takeShard<Item>(items: readonly Item[], shard: Shard): Item[] {
  return items.filter((_, index) => index % shard.of === shard.index - 1);
}
