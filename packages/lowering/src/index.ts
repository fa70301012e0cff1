export { type ActivationForm, activationForms } from "./activation.ts";
export { leaveOut, type LeftOut, leftOuts } from "./left-out.ts";
export {
  formsOfStage,
  stagesWithSe,
  withStage,
  defaultLowering,
  lower,
  type LoweringContext,
  obstacleTo,
} from "./lower.ts";
export { type Layout, type LoweredNetwork, type LoweringName, passNames } from "./lowering.ts";
export { formatLowering, parseLowering } from "./recipe.ts";
