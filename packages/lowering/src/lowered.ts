import type { LoweringName, Rewritten } from "./lowering.ts";

/** A network as an engine shall run it: SE written out, and the weights that fit. */
export interface LoweredNetwork extends Rewritten {
  readonly lowering: LoweringName;
}
