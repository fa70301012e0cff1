import type { Network } from "@sebench/spec";
import type { Weights } from "@sebench/weights";
import type { LoweringName } from "./lowering.ts";

/**
 * How the operators lie in memory: as each engine has it, or in the blocks of
 * channels that onnxruntime's CPU provider computes in.
 */
export type Layout = "engine" | "nchwc";

/** A network as an engine shall run it: SE written out, and the weights that fit. */
export interface LoweredNetwork {
  readonly network: Network;
  readonly weights: Weights;
  readonly lowering: LoweringName;
  /** Default: `engine`. */
  readonly layout?: Layout;
}
