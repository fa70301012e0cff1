export { describeRuntimeConformance } from "./conformance.ts";
export type { ConformanceSubject } from "./subject.ts";
