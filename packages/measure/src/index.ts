export * from "./measurement/measurement.ts";
export type { LabelledImages } from "./case/labelled-logits.ts";
export { measureCase, measureMembers } from "./case/measure-case.ts";
export type { MeasureObserver, MeasureProgress, Phase } from "./case/observer.ts";
export { proveMembers } from "./case/prove-members.ts";
export {
  type MeasureOptions,
  defaultProtocol,
  type Protocol,
  mostReplicas,
  replicasWithin,
} from "./case/protocol.ts";
export { type Attribution, attribute } from "./explanation/attribution.ts";
export {
  attributeDifferences,
  type Differing,
  differing,
  type DifferingRounds,
} from "./explanation/attribute-differences.ts";
export { explainCase, type ExplanationMeasurement } from "./explanation/explain-case.ts";
export { type KernelPart, kernelParts } from "./explanation/kernel-part.ts";
export type {
  ConditionsWatch,
  GpuConditions,
  ReplicaConditions,
  RoundConditions,
} from "./measurement/conditions.ts";
export { type LatencySummary, latencySummary, type Samples } from "./measurement/latency.ts";
export {
  locationOfRounds,
  logRatiosOfRounds,
  type OverheadEstimate,
  overheadEstimate,
  halfWidthOfMean,
  overheadOfReplicas,
  overheadOfRounds,
  type PairedRounds,
  ratioOfForms,
} from "./measurement/overhead.ts";
export {
  compareLogits,
  compareOutputs,
  memberParity,
  type Parity,
  type RightOutputs,
  stillOutputs,
  toleranceFor,
} from "./measurement/parity.ts";
export { type ProcessorTime, processorTime } from "./measurement/processor-time.ts";
export {
  expectedFloor,
  reachOfTest,
  type RunSize,
  spreadOfDifference,
  type VarianceComponents,
  varianceComponents,
} from "./measurement/variance-components.ts";
export { loweredEntrants, type RaceEntrant } from "./race/lowered-entrants.ts";
export { type PairedRatio, pairedLogRatios, pairedRatio } from "./race/paired-ratio.ts";
export {
  type Entrant,
  type Raced,
  type RaceMeasurement,
  type RaceOptions,
  runRace,
} from "./race/run-race.ts";
export { measureRoofline, type RooflineRequest } from "./roofline/measure-roofline.ts";
export {
  boundOfSteps,
  bytesPerValue,
  overheadBound,
  type OverheadBound,
  type Roofline,
  type StepWork,
} from "./roofline/overhead-bound.ts";
export {
  judgeLoads,
  type LatencyLimit,
  type Load,
  loadsByRate,
  type LoadVerdict,
  type LoadPercentile,
  percentileOfLoads,
  OpenLoop,
  poissonArrivals,
  rateBounds,
  type Sending,
} from "./serving/load.ts";
export {
  type BatchRates,
  nextBatch,
  nextLoad,
  ratePrecision,
  requestsOf,
  type SearchEnd,
} from "./serving/rate-search.ts";
export {
  type LatencyDrift,
  latencyDrift,
  memoryGrowth,
  type RunWindow,
  runWindows,
} from "./soak/drift.ts";
export {
  type SoakMeasurement,
  type SoakObserver,
  type SoakOptions,
  soakSession,
} from "./soak/soak-session.ts";
export { inputsOfRuns, type RunInputs, splitIntoBatches } from "./session/image-batch.ts";
export { slowedSession } from "./session/prepared-members.ts";
export { roundOrders } from "./session/round-order.ts";
export { cycle, visit } from "./session/visit.ts";
export { type ChangePoint, changePoints } from "./statistics/change-points.ts";
export { holmAdjusted } from "./statistics/holm.ts";
export type { Interval } from "./statistics/interval.ts";
export { compareRight, mcNemar, type RightApart } from "./statistics/mc-nemar.ts";
export { carriesPercentile } from "./statistics/order-statistic.ts";
export { ascending, median, quantile } from "./statistics/quantile.ts";
export { seededRandom, shuffled } from "./statistics/random.ts";
export {
  effectToBeFound,
  type RatioChange,
  ratioChange,
  type RatioReplicas,
  type ReplicaError,
} from "./statistics/ratio-change.ts";
export { criticalT, probabilityBeyond } from "./statistics/student-t.ts";
export { mean, trimmedMean } from "./statistics/trimmed-mean.ts";
export { wilsonInterval } from "./statistics/wilson-interval.ts";
