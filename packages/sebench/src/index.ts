export {
  type LowerOptions,
  listNetworks,
  listRuntimes,
  lowerNetwork,
  type NetworkEntry,
  type RuntimeEntry,
} from "./catalogue.ts";
export {
  type ExportedWeights,
  exportNetwork,
  type ExportOptions,
  type ExportPreprocessing,
  type LogitAgreement,
  type OnnxNetwork,
} from "./export-network.ts";
export { type MeasureOptions, measurePair, NotMeasuredError } from "./measure-pair.ts";
export { type ProbedRuntime, type ProbeOptions, probeRuntimes } from "./probe-runtimes.ts";
export { compareRuns, type ReportForm, reportOf } from "./records.ts";
export type { WatchOptions } from "./watch-options.ts";
export type { LoweredNetwork } from "@sebench/lowering";
export {
  type Budget,
  type BudgetConfigInput as SebenchConfig,
  type CaseRecord,
  type CompareOptions,
  type Comparison,
  type FailedCase,
  type OkCase,
  parityHolds,
  readResults as readRun,
  type RunRecord,
  type UnavailableCase,
  type UntimedCase,
} from "@sebench/results";
export type { Availability, Host, Precision, RuntimeId } from "@sebench/runtime";
export { InputError } from "@sebench/spec";
