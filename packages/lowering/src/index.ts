export type { LoweredNetwork } from "./lowered.ts";
export type { LoweringName } from "./lowering.ts";
