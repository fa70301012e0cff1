export { answerOnEngine, type JobObserver, type LoadEngine, type Supply } from "./answers.ts";
export { decodeMessage, encodeMessage } from "./codec.ts";
export { type Inference, type ModelAnswers, topClass, topClasses } from "./infer.ts";
export {
  type AnswerTo,
  type ClassifierFile,
  type EngineJob,
  type ExplainJob,
  type FileOracleJob,
  type FormsAnswer,
  type FormsJob,
  type InferJob,
  type Job,
  JobError,
  type JobKind,
  type JobProgress,
  type Jobs,
  type LabelledJob,
  type MeasureJob,
  type NodesJob,
  type OracleAnswer,
  type OracleJob,
  type ProbeJob,
  type ProveJob,
  type RaceJob,
  type RangesJob,
  type RooflineJob,
  type SoakJob,
  type StartJob,
  type StoredForm,
  type StoredMember,
  type StoreJob,
} from "./job.ts";
export type {
  CaseMembers,
  FileMembers,
  MeasuredForm,
  NetworkMember,
  NetworkMembers,
} from "./members.ts";
export { foldedForm, type NodesRequest, nodeValues } from "./nodes.ts";
export { namedTensor, readRunInputs, writeRunInputs } from "./run-inputs.ts";
export type { ServeAnswer, ServeOrder, ServeRequest } from "./serve.ts";
export type { LoadedBytes, MemoryReading, StartMeasurement, StartRequest } from "./start.ts";
export type {
  FileSource,
  LabelledSource,
  LoadedFile,
  ModelSource,
  PageApi,
  PageDriver,
  PageMessage,
  PageOrder,
  PageOutcome,
  PageWindow,
  ProgressReply,
  StartedPage,
  StartOrder,
  Supplied,
  SupplyRequest,
} from "./page-protocol.ts";
export { sessionHeaders, sessionPaths } from "./page-protocol.ts";
