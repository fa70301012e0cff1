export {
  type LowerOptions,
  listNetworks,
  listRuntimes,
  lowerNetwork,
  type NetworkEntry,
  type RuntimeEntry,
} from "./catalogue.ts";
export {
  exportNetwork,
  type ExportOptions,
  type LogitAgreement,
  type OnnxNetwork,
} from "./export-network.ts";
export { type MeasureOptions, measurePair, NotMeasuredError } from "./measure-pair.ts";
export { type ProbedRuntime, type ProbeOptions, probeRuntimes } from "./probe-runtimes.ts";
export { compareRuns, type ReportForm, reportOf } from "./records.ts";
export type { WatchOptions } from "./watch-options.ts";
