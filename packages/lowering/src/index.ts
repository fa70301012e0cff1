export { defaultLowering, lower, loweringNames } from "./lower.ts";
export type { LoweredNetwork } from "./lowered.ts";
export type { LoweringName } from "./lowering.ts";
