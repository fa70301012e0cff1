export type { Interval } from "./quantity.ts";
export { type CaseAccuracy, type MemberAccuracy, membersLosing } from "./accuracy-record.ts";
export type { MemberParity, MemberRecord } from "./member-record.ts";
export type { CaseConditions } from "./case-conditions.ts";
export {
  type AttestationRecord,
  type CaseCalibration,
  type CaseRecord,
  type FailedCase,
  type OkCase,
  parityHolds,
  type UnavailableCase,
  type WeightsFile,
  type WeightsOrigin,
} from "./case-record.ts";
export { boundRecord, type BoundRecord } from "./bound-record.ts";
export { describeWeights, sameWeights } from "./weights-origin.ts";
export { type CaseParts, caseId, parseCaseId } from "./case-id.ts";
export type { Gpu, MachineRecord } from "./machine-record.ts";
export { type RunHeader, type RunRecord, schemaVersion } from "./run-record.ts";
export { describeMachine } from "./describe-machine.ts";
export { formatRecord } from "./format-record.ts";
export { parseResults, readResults } from "./read-results.ts";
export { replaceFile } from "./replace-file.ts";
export { openStore, type ResultStore, resumeStore } from "./result-store.ts";
export {
  type CalibrationRecord,
  type CalibrationSubject,
  type CalibrationTrial,
  type SubjectCircumstances,
  subjectKey,
} from "./calibration/calibration-record.ts";
export {
  type CalibrationStore,
  openCalibration,
  readCalibration,
} from "./calibration/calibration-store.ts";
export {
  type CalibrationSummary,
  defaultThreshold,
  falseAlarmsOfSuites,
  type Share,
  summarizeCalibration,
} from "./calibration/calibration-summary.ts";
export { fewestTrials, trialsOf } from "./calibration/trial-spread.ts";
export { calibrationOf } from "./calibration/calibration-of-case.ts";
export { type CaseSummary, type MeasuredSummary, summarizeRun } from "./history/case-summary.ts";
export {
  type CaseComparison,
  type CompareOptions,
  compareRuns,
  type Comparison,
  type Quantity,
  type QuantityChange,
} from "./comparison/compare-runs.ts";
export type { Finding } from "./comparison/findings.ts";
export { familyError, type Verdict, verdictsOf } from "./comparison/verdict.ts";
export {
  type History,
  readHistory,
  recordCases,
  type RecordOutcome,
} from "./history/history-store.ts";
export { type Series, type SeriesPoint, seriesOf } from "./history/series.ts";
export {
  type Candidate,
  casesByWork,
  type Criteria,
  latencyRange,
  type Percentile,
  recommend,
  type Recommendation,
  type Rejection,
} from "./recommendation/recommend.ts";
export {
  type TunedCase,
  type Tuning,
  tuningOf,
  type TuningRecord,
} from "./tuning/tuning-record.ts";
export { openTuning, readTuning, type TuningStore } from "./tuning/tuning-store.ts";
export { type MergedRuns, mergeRuns, type RunPart } from "./merge-runs.ts";
export type {
  Answered,
  EvaluationPart,
  EvaluationRecord,
  Unanswered,
} from "./evaluation/evaluation-record.ts";
export { evaluationVersion } from "./evaluation/evaluation-record.ts";
export { holdsEvaluation, readEvaluation, writeEvaluation } from "./evaluation/evaluation-file.ts";
export { mergeEvaluations } from "./evaluation/merge-evaluations.ts";
export {
  type MemberSummary,
  type Proportion,
  type RuntimeSummary,
  summarizeEvaluation,
} from "./evaluation/evaluation-summary.ts";
export {
  type ExcitationBlock,
  type ExcitationsRecord,
  excitationsVersion,
  type GateReplacement,
  readExcitations,
  writeExcitations,
} from "./excitations-record.ts";
export {
  type ExplanationPart,
  type ExplanationRecord,
  explanationVersion,
  readExplanation,
  writeExplanation,
} from "./explanation-record.ts";
