export { oracleKey, oracleLogits, type OracleQuestion, shippedOracleDirectory } from "./oracle.ts";
export type { Activation } from "./evaluate.ts";
export { splitImages } from "./images.ts";
export {
  type ChangeValues,
  evaluateNode,
  evaluateNodes,
  type EvaluatedNode,
  runReference,
  runReferenceNodes,
} from "./run-reference.ts";
export {
  differenceOf,
  firstWrongNode,
  type SearchOptions,
  type SeenNode,
  type WrongNode,
} from "./first-wrong-node.ts";
export { type NodeValues, oracleValues } from "./node-values.ts";
export { largestHalf, type SumOrder, sumInHalf, sumOrders, toHalf } from "./half.ts";
export { evaluateInHalf, halfWeights, type MeanInHalf, meansOf, meanWidth } from "./half.ts";
