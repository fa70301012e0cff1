export {
  channelsLast,
  requireBatch,
  requireLive,
  requirePrecision,
  requireRanges,
} from "./requirement.ts";
export type * from "./device.ts";
export type * from "./runtime.ts";
export { browserHosts, webgpuHosts } from "./runtime.ts";
export type * from "./profile.ts";
export { type ModelGroup, openModels } from "./model-group.ts";
export {
  arrayOf,
  type ElementArray,
  type ElementType,
  imagesOfRun,
  isNamed,
  type NamedTensor,
  type RunInput,
} from "./run-input.ts";
