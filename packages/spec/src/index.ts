export { type BuildOptions, buildNetwork } from "./build-network.ts";
export * from "./count.ts";
export { describeError, type ErrorDescription } from "./error-description.ts";
export { type Excitation, excitationsOf, withGatesAsOutput } from "./excitations.ts";
export { GraphBuilder, type NodeRequest, type Place } from "./graph-builder.ts";
export { InputError } from "./input-error.ts";
export {
  type FamilyName,
  type Layout,
  layouts,
  type ModelName,
  modelNames,
  type ModelRow,
  modelTable,
  rowOf,
} from "./model-table.ts";
export type { Network, Node, Parameter, ParameterSlot, Role } from "./network.ts";
export { networkSetNames, networksOf, purposeOf } from "./network-sets.ts";
export { comparePaper, type PaperFigure, type Quantity } from "./paper/paper-comparison.ts";
export { type PublishedPair, publishedPairs } from "./paper/published-pair.ts";
export { isAblation, type PublishedRow, publishedRows } from "./paper/published-rows.ts";
export {
  formatNetworkName,
  type NetworkName,
  parseNetworkName,
  plainName,
  seNameOf,
  splitNetworkNames,
  withLayout,
} from "./network-name.ts";
export type * from "./op.ts";
export { inferShape } from "./op-table.ts";
export {
  classesOf,
  type DeclaredParameter,
  inputShape,
  nodeOf,
  nodesWithInputs,
  parametersOf,
} from "./query.ts";
export * from "./se.ts";
export * from "./shape.ts";
export type { Tensor } from "./tensor.ts";
