export { requireBatch, requireLive, requirePrecision } from "./requirement.ts";
export type * from "./runtime.ts";
