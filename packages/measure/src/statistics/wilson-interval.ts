import type { Interval } from "./interval.ts";

/** The 95 % quantile of the normal distribution, two-sided. */
const z = 1.959_964;

/**
 * The 95 % score interval of a probability that `count` of `of` trials estimate
 * (Wilson 1927, "Probable inference, the law of succession, and statistical
 * inference"). It is [0, 1] if there are no trials.
 */
export function wilsonInterval(count: number, of: number): Interval {
  if (of === 0) return [0, 1];
  const share = count / of;
  const denominator = 1 + z ** 2 / of;
  const center = (share + z ** 2 / (2 * of)) / denominator;
  const halfWidth =
    (z / denominator) * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  return [Math.max(0, center - halfWidth), Math.min(1, center + halfWidth)];
}
