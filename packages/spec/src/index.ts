export * from "./graph/count.ts";
export type * from "./graph/op.ts";
export * from "./se/se.ts";
export * from "./graph/shape.ts";
export * from "./graph/window.ts";
export { describeError, type ErrorDescription } from "./error/error-description.ts";
export { InputError } from "./error/input-error.ts";
export { isObject, parseForeignJson, repeatedKey } from "./error/foreign-json.ts";
export { briefly, oneLine, visible } from "./error/one-line.ts";
export { systemFault } from "./error/system-fault.ts";
export { shellQuoted } from "./error/shell-quoted.ts";
export {
  type FamilyName,
  type Layout,
  layouts,
  type ModelName,
  modelNames,
  type ModelRow,
  modelTable,
  rowOf,
} from "./families/model-table.ts";
export { GraphBuilder, type NewNode, type Place } from "./graph/graph-builder.ts";
export type { Network, Node, Parameter, Role } from "./graph/network.ts";
export { inferShape } from "./graph/op-table.ts";
export { prefixOf, upTo } from "./graph/prefix.ts";
export {
  classesOf,
  type DeclaredParameter,
  inputShape,
  nodeOf,
  nodesWithInputs,
  parametersOf,
} from "./graph/query.ts";
export type { Tensor } from "./graph/shape.ts";
export { networkSetNames, networksOf, purposeOf } from "./network-sets.ts";
export { type BuildOptions, buildNetwork } from "./network/build-network.ts";
export {
  formatNetworkName,
  type NetworkName,
  parseNetworkName,
  plainName,
  seName,
  splitNetworkNames,
  statedLayouts,
  withLayout,
} from "./network/network-name.ts";
export { comparePaper, type PaperFigure, type Quantity } from "./paper/paper-comparison.ts";
export {
  type PublishedPair,
  publishedPairs,
  isAblation,
  type PublishedRow,
  publishedRows,
} from "./paper/published-rows.ts";
export { type Excitation, excitationsOf, withGatesAsOutput } from "./se/excitations.ts";
export { seNameOf, weightsTagOf } from "./network/base-name.ts";
