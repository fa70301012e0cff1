export * from "./measurement.ts";
export type { Interval } from "./interval.ts";
export { carriesPercentile } from "./order-statistic.ts";
export { ascending, median, quantile } from "./quantile.ts";
export { trimmedMean } from "./trimmed-mean.ts";
export { type LatencySummary, latencySummary, type Samples } from "./latency.ts";
export {
  locationOfRounds,
  logRatiosOfRounds,
  type OverheadEstimate,
  overheadEstimate,
  overheadOfRounds,
  type PairedRounds,
} from "./overhead.ts";
export { effectToBeFound, type RatioChange, ratioChange } from "./ratio-change.ts";
export { holmAdjusted } from "./holm.ts";
export {
  expectedFloor,
  reachOfTest,
  type RunSize,
  spreadOfDifference,
  type VarianceComponents,
  varianceComponents,
} from "./variance-components.ts";
export { type MeasureOptions, defaultProtocol, type Protocol } from "./measure-options.ts";
export type { MeasureObserver, MeasureProgress, PeakMemory, Phase } from "./observer.ts";
export { measureCase } from "./measure-case.ts";
export { splitIntoBatches } from "./image-batch.ts";
export { seededRandom } from "./random.ts";
export { roundOrders } from "./round-order.ts";
export { cycle, visit } from "./visit.ts";
export type { LabelledImages } from "./labelled-logits.ts";
export { compareRight, mcNemar, type RightApart } from "./mc-nemar.ts";
export { wilsonInterval } from "./wilson-interval.ts";
export { type ChangePoint, changePoints } from "./change-points.ts";
export { shuffled } from "./shuffled.ts";
export { replicasWithin } from "./replicas-within.ts";
export type {
  ConditionsWatch,
  GpuConditions,
  ReplicaConditions,
  RoundConditions,
} from "./conditions.ts";
export { slowedSession } from "./slowed-session.ts";
export { criticalT, probabilityBeyond } from "./student-t.ts";
export { measureRoofline, type RooflineRequest } from "./roofline/measure-roofline.ts";
export { overheadBound, type OverheadBound, type Roofline } from "./roofline/overhead-bound.ts";
export { explainCase, type ExplanationMeasurement } from "./explanation/explain-case.ts";
export { type Attribution, attribute } from "./explanation/attribution.ts";
export { type KernelPart, kernelParts } from "./explanation/kernel-part.ts";
export { loweredEntrants, type RaceEntrant } from "./race/lowered-entrants.ts";
export { type PairedRatio, pairedLogRatios, pairedRatio } from "./race/paired-ratio.ts";
export {
  type Entrant,
  type Raced,
  type RaceMeasurement,
  type RaceOptions,
  runRace,
} from "./race/run-race.ts";
