export {
  appendToBoard,
  boardFile,
  type BoardRow,
  readBoard,
  rowOf,
  type Submission,
} from "./board/board-file.ts";
export { faultOf } from "./board/judge-measurement.ts";
export {
  type DeviceKind,
  deviceKinds,
  type Measurement,
  measurementBlock,
} from "./board/measurement.ts";
export {
  type LeftCase,
  type OwnDevice,
  parseSubmitted,
  readSubmitted,
  type Submitted,
} from "./board/read-measurements.ts";
export {
  type BudgetConfig,
  type BudgetConfigInput,
  parseBudgetConfig,
  type Budget,
} from "./budget/budget.ts";
export {
  type BudgetJudgement,
  type BudgetOutcome,
  breaksBudget,
  judge,
  judgeBudgets,
  type LimitVerdict,
} from "./budget/judgement.ts";
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
export { fewestTrials, trialsOf, calibrationOf } from "./calibration/trial-spread.ts";
export { type CaseAccuracy, type MemberAccuracy, membersLosing } from "./case/accuracy-record.ts";
export { boundRecord, type BoundRecord } from "./case/bound-record.ts";
export type { CaseCalibration } from "./case/case-calibration.ts";
export { type CaseConditions, type CaseProcessorTime, gpuStates } from "./case/case-conditions.ts";
export { type CaseParts, caseId, parseCaseId } from "./case/case-id.ts";
export {
  type AloneCase,
  besideForm,
  type CaseRecord,
  type FailedCase,
  isDone,
  type OkCase,
  parityHolds,
  ran,
  type RanCase,
  timesOfAlone,
  type UnavailableCase,
  type UntimedCase,
} from "./case/case-record.ts";
export { latencyRange, type MemberParity, type MemberRecord } from "./case/member-record.ts";
export { naiveOf, plainFormOf } from "./case/naive-form.ts";
export { type PageFacts, pageFacts } from "./case/page-facts.ts";
export {
  attestation,
  type AttestationRecord,
  type NodePlaces,
  nodePlaces,
  type ProofRecord,
  type WrongOperator,
} from "./case/proof-fields.ts";
export { type Speed, speedOf, speeds } from "./case/speed.ts";
export {
  type ByteKind,
  byteKinds,
  downloadBytes,
  firstAnswerOverNetwork,
  type MeasuredStart,
  memoryGrowth,
  type MemoryMoment,
  memoryMoments,
  type MemberStart,
  type OnceAStart,
  overStarts,
  rangeOfStarts,
  type StartRecord,
  type StartStep,
  startSteps,
} from "./case/start-record.ts";
export {
  bestOffline,
  bestServed,
  describeScenarios,
  type LoadRecord,
  type OfflineRecord,
  type OfflineRow,
  type Percentile,
  percentiles,
  ratesOf,
  type ScenarioName,
  scenarioNames,
  type ScenarioRequest,
  type ServedMember,
  type ServedRate,
  type ServerRecord,
  type ServerRow,
  type MeasuredServer,
  servingFailures,
  type ServingRecord,
  throughputOf,
} from "./serving/serving-record.ts";
export {
  type ServedChange,
  type ServingSummary,
  summarizeServing,
} from "./serving/serving-summary.ts";
export {
  describeWeights,
  sameWeights,
  untrainedPlain,
  type WeightsFile,
  type WeightsOrigin,
} from "./case/weights-origin.ts";
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
export { describeListing } from "./evaluation/dataset-listing.ts";
export {
  holdsEvaluation,
  readEvaluation,
  writeEvaluation,
  mergeEvaluations,
} from "./evaluation/evaluation-file.ts";
export {
  type Answered,
  type EvaluationPart,
  type EvaluationRecord,
  type Unanswered,
  evaluationVersion,
  type MemberSummary,
  type Proportion,
  type RuntimeSummary,
  summarizeEvaluation,
} from "./evaluation/evaluation-record.ts";
export { type CaseSummary, type MeasuredSummary, summarizeRun } from "./history/case-summary.ts";
export {
  type History,
  readHistory,
  recordCases,
  type RecordOutcome,
} from "./history/history-store.ts";
export { type Series, type SeriesPoint, seriesOf } from "./history/series.ts";
export { describeDevice, describeMachine } from "./machine/describe-machine.ts";
export type { Gpu, MachineRecord } from "./machine/machine-record.ts";
export {
  type Candidate,
  casesByWork,
  type Criteria,
  recommend,
  type Recommendation,
  type Rejection,
} from "./recommendation/recommend.ts";
export type { Interval } from "./record/quantity.ts";
export { type HeldFile, holdFile } from "./record/hold-file.ts";
export { replaceFile, requireWritable, requireWritableFile } from "./record/replace-file.ts";
export { type MergedRuns, mergeRuns, type RunPart } from "./run/merge-runs.ts";
export { openStore, type ResultStore, resumeStore } from "./run/result-store.ts";
export { formatRecord, parseResults, readResults } from "./run/results-file.ts";
export { type RunHeader, type RunRecord, schemaVersion } from "./run/run-record.ts";
export {
  type ExcitationBlock,
  type ExcitationsRecord,
  excitationsVersion,
  type GateReplacement,
  readExcitations,
  writeExcitations,
} from "./study/excitations-record.ts";
export {
  type DifferencesRecord,
  differencesVersion,
  readDifferences,
  writeDifferences,
} from "./study/differences-record.ts";
export {
  type ExplainedKernel,
  type ExplanationPart,
  type ExplanationRecord,
  explanationVersion,
  readExplanation,
  writeExplanation,
} from "./study/explanation-record.ts";
export {
  readSoak,
  type Soaked,
  soakFaults,
  type SoakRecord,
  type SoakRow,
  soakVersion,
  writeSoak,
} from "./study/soak-record.ts";
export {
  type Optimization,
  type OptimizedFile,
  optimizationVersion,
  type PassRecord,
  type TimedRatio,
} from "./study/optimization-record.ts";
export { type TunedCase, type Tuning, tuningOf, type TuningRecord } from "./study/tuning-record.ts";
export { openTuning, readTuning, type TuningStore } from "./study/tuning-store.ts";
