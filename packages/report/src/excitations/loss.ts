import { holmAdjusted } from "@sebench/measure";
import type { ExcitationsRecord, GateReplacement, Interval } from "@sebench/results";

/** What a network loses where one gate answers the same for every image. */
export interface Loss {
  readonly replacement: GateReplacement;
  /** Of top-1, as a share of the images; below 0 where the changed network is right more often. */
  readonly share: number;
  readonly interval: Interval;
  /** McNemar's, adjusted for all the replacements of the record. */
  readonly p: number;
  /** `open`: the interval is beyond 0, but of so many tests one may be so by chance. */
  readonly verdict: "loses" | "gains" | "open" | "cannot tell";
}

export interface BlockLosses {
  readonly byMean: Loss;
  readonly byOne: Loss;
}

/** An adjusted p below which a replacement changes how often the network is right. */
const toldApartBelow = 0.05;

/** Of the normal distribution, two-sided at 95 %. */
const z = 1.959_964;

/** In the order of the record's blocks. */
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
