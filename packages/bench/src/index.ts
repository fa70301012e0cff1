export { planTrials, type TrialCounts, type TrialPlan } from "./calibration/trial-plan.ts";
export {
  type BoundContext,
  measureBound,
  formsOfPair,
  measureJob,
  pairOf,
  rangesOf,
  timeoutOf,
  requireProven,
} from "./case/case-job.ts";
export { Rooflines, RangeAnswers } from "./case/shared-answers.ts";
export { readConfig } from "./config/config-file.ts";
export { askRuntimes } from "./evaluation/ask-runtimes.ts";
export { describeExcitations, readClasses } from "./excitations/describe-excitations.ts";
export { deviationOf } from "./excitations/gate-statistics.ts";
export {
  observeExcitations,
  type ExcitationsRequest,
  partsOf,
} from "./excitations/observe-excitations.ts";
export { explainByDifferences, lackOfKernels } from "./explanation/explain-by-differences.ts";
export { describeExplanation, explainOn } from "./explanation/explain-on.ts";
export {
  encodeInPrecision,
  type ExportedNetwork,
  exportNetwork,
  type ExportRequest,
} from "./export/export-network.ts";
export {
  type BisectionContext,
  type BisectionPlan,
  bisectNetwork,
} from "./numerics/bisect-network.ts";
export { bisectModel, importFed } from "./numerics/bisect-model.ts";
export { halfSafety, type HalfQuestion } from "./numerics/half-safety.ts";
export {
  type OptimizeContext,
  optimizeModel,
  type OptimizeRequest,
  tuneModel,
} from "./optimization/optimize-model.ts";
export {
  planCases,
  type ProbedTarget,
  type CasePlan,
  type ModelPlan,
  type NetworkPlan,
  tunedWord,
  requireLowering,
  byProfile,
  type Selection,
} from "./plan/case-plan.ts";
export {
  type AskedInputs,
  type ModelRequest,
  type RunOptions,
  pairChoiceOf,
} from "./plan/options.ts";
export {
  profileNames,
  profiles,
  defaultSeed,
  type Profile,
  type ProfileName,
} from "./plan/profile.ts";
export { selectTargets, requirePrecisions } from "./plan/targets.ts";
export { withTunings, readTunings, tuningDirectory } from "./plan/tuned-lowering.ts";
export { type FedModel, feedModels } from "./models/feed-models.ts";
export { boundModel } from "./models/bound-model.ts";
export { isAsShipped, planModels } from "./models/plan-models.ts";
export { provenance } from "./run/provenance.ts";
export { plannedCases, runCases } from "./run/run-cases.ts";
export type { RunContext, RunObserver } from "./run/run-context.ts";
export { shippedPairs } from "./run/shipped-pairs.ts";
export type { Subject } from "./run/subject.ts";
export {
  planNetworks,
  planSoak,
  Soak,
  type SoakChoice,
  type SoakPlan,
  soakRecordOf,
} from "./soak/soak-networks.ts";
export { openTargets, type TargetsWatch } from "./targets/open-targets.ts";
export type { Standing, TraceStep } from "./tuning/ring.ts";
export { type TunedPlan, tunePlan, raceOf } from "./tuning/tune-case.ts";
