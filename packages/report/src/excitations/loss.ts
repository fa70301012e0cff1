import { holmAdjusted } from "@sebench/measure";
import type { ExcitationsRecord, GateReplacement, Interval } from "@sebench/results";

/** The loss of a network in which one gate answers the same for every image. */
export interface Loss {
  readonly replacement: GateReplacement;
  /**
   * The loss of top-1 as a share of the images; it is below 0 where the changed network is right
   * more often.
   */
  readonly share: number;
  readonly interval: Interval;
  /** McNemar's p, adjusted for all replacements of the record. */
  readonly p: number;
  /**
   * What the test says. A loss is `open` where the interval is beyond 0, but of so many tests one
   * may be so by chance.
   */
  readonly verdict: "loses" | "gains" | "open" | "cannot tell";
}

export interface BlockLosses {
  readonly byMean: Loss;
  readonly byOne: Loss;
}

/** The adjusted p below which a replacement changes how often the network is right. */
const toldApartBelow = 0.05;

/** The quantile of the normal distribution for a two-sided interval of 95 %. */
const z = 1.959_964;

/** The losses of all blocks, in the order of the record. */
export function lossesOf({ blocks, images }: ExcitationsRecord): BlockLosses[] {
  const replacements = blocks.flatMap((block) => [block.replacedByMean, block.replacedByOne]);
  const adjusted = holmAdjusted(replacements.map(({ p }) => p));
  const losses = replacements.map((each, index) => lossOf(each, images, adjusted[index]!));
  return blocks.map((_, index) => ({
    byMean: losses[2 * index]!,
    byOne: losses[2 * index + 1]!,
  }));
}

function lossOf(replacement: GateReplacement, images: number, p: number): Loss {
  const { onlyChanged, onlyUntouched } = replacement;
  const share = (onlyUntouched - onlyChanged) / images;
  const interval = pairedInterval(onlyUntouched, onlyChanged, images);
  return { replacement, share, interval, p, verdict: verdictOf(share, interval, p) };
}

function verdictOf(share: number, [low, high]: Interval, p: number): Loss["verdict"] {
  if (p < toldApartBelow) return share > 0 ? "loses" : "gains";
  return low > 0 || high < 0 ? "open" : "cannot tell";
}

/**
 * The 95 % interval of a difference of two shares of the same images: Wald's, with
 * one image more on which only the one is right, and one on which only the other
 * is (Bonett and Price 2012, "Adjusted Wald confidence interval for a difference
 * of binomial proportions based on paired data").
 *
 * @param onlyFirst images that only the first has right
 */
export function pairedInterval(onlyFirst: number, onlySecond: number, images: number): Interval {
  const of = images + 2;
  const [first, second] = [(onlyFirst + 1) / of, (onlySecond + 1) / of];
  const difference = first - second;
  const halfWidth = z * Math.sqrt((first + second - difference ** 2) / of);
  return [Math.max(-1, difference - halfWidth), Math.min(1, difference + halfWidth)];
}
