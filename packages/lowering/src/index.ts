export { formsOfStage, stagesWithSe, withStage } from "./forms.ts";
export { defaultLowering, lower, type LoweringContext, obstacleTo } from "./lower.ts";
export type { Layout, LoweredNetwork } from "./lowered.ts";
export { type LoweringName, passNames } from "./lowering.ts";
export { formatLowering, parseLowering } from "./recipe.ts";
