export * from "./measurement.ts";
export type { Interval } from "./interval.ts";
export { median, quantile } from "./quantile.ts";
export { trimmedMean } from "./trimmed-mean.ts";
export { type LatencySummary, latencySummary, type Samples } from "./latency.ts";
export { type OverheadEstimate, overheadEstimate, type PairedRounds } from "./overhead.ts";
export { type MeasureOptions, defaultProtocol, type Protocol } from "./measure-options.ts";
export type { MeasureObserver, MeasureProgress, PeakMemory, Phase } from "./observer.ts";
export { measureCase } from "./measure-case.ts";
