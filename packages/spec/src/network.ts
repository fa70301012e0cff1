import type { Op } from "./op.ts";
import type { Shape } from "./shape.ts";

/**
 * What a node is for. `squeeze`, `excite` and `scale` are the three steps of
 * SE (SENet v4, section 3); everything else is the network that SE was added to.
 */
export type Role = "stem" | "trunk" | "squeeze" | "excite" | "scale" | "head";

/**
 * The parameters that an operator can have. For `conv2d`: `weight`
 * `[out, in / groups, height, width]` and, if it has one, `bias` `[out]`. For
 * `dense`: `weight` `[out, in]` and, if it has one, `bias` `[out]`. For
 * `batchNorm`: all four, each `[channels]`.
 */
export type ParameterSlot = "weight" | "bias" | "mean" | "variance";

/** A named parameter; the name is its key in a checkpoint ("layer1.0.conv1.weight"). */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface Node {
  /** Unique; also the name of the node's output: `stage2/block0/excite/fc1`. */
  readonly name: string;
  readonly op: Op;
  /** Names of earlier nodes. */
  readonly inputs: readonly string[];
  readonly parameters: Readonly<Partial<Record<ParameterSlot, Parameter>>>;
  /** Of the output, for one image. */
  readonly shape: Shape;
  readonly role: Role;
  /** As the paper counts: `conv2_x` is stage 2. Null outside the stages. */
  readonly stage: number | null;
  /** From 0, within its stage. */
  readonly block: number | null;
}

/** A directed acyclic graph over one image, in topological order; `nodes[0]` is the input. */
export interface Network {
  /** In the grammar of names, canonical: `se-resnet50{r=8}`. */
  readonly name: string;
  readonly nodes: readonly Node[];
  /** The name of the node that gives the logits `[classes]`. */
  readonly output: string;
}
