/** A confidence interval. */
export type Interval = readonly [low: number, high: number];

/** The confidence of every interval in this package. */
export const confidence = 0.95;
