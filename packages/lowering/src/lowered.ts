import type { Network } from "@sebench/spec";
import type { Weights } from "@sebench/weights";
import type { LoweringName } from "./lowering.ts";

/** A network as an engine shall run it: SE written out, and the weights that fit. */
export interface LoweredNetwork {
  readonly network: Network;
  readonly weights: Weights;
  readonly lowering: LoweringName;
}
