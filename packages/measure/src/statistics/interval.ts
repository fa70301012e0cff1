/** A confidence interval. */
export type Interval = readonly [low: number, high: number];

/** Of every interval here. */
export const confidence = 0.95;
