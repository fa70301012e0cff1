export { requireBatch, requireLive, requirePrecision, requireRanges } from "./requirement.ts";
export type * from "./runtime.ts";
