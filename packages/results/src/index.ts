export type { Interval } from "./quantity.ts";
export type { MemberParity, MemberRecord } from "./member-record.ts";
export {
  type AttestationRecord,
  type CaseRecord,
  type FailedCase,
  type OkCase,
  parityHolds,
  type UnavailableCase,
} from "./case-record.ts";
export { type CaseParts, caseId, parseCaseId } from "./case-id.ts";
export type { Gpu, MachineRecord } from "./machine-record.ts";
export { type RunHeader, type RunRecord, schemaVersion } from "./run-record.ts";
export { describeMachine } from "./describe-machine.ts";
export { formatRecord } from "./format-record.ts";
export { parseResults, readResults } from "./read-results.ts";
export { openStore, type ResultStore, resumeStore } from "./result-store.ts";
