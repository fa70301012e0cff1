import type { Op, ParameterSlot } from "./op.ts";
import type { Shape } from "./shape.ts";

/**
 * The purpose of a node. `squeeze`, `excite` and `scale` are the three steps of
 * SE (SENet v4, section 3); everything else is the network that SE was added to.
 */
export type Role = "stem" | "trunk" | "squeeze" | "excite" | "scale" | "head";

/** A named parameter; the name is its key in a checkpoint ("layer1.0.conv1.weight"). */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface Node {
  /** The unique name of the node and of its output: `stage2/block0/excite/fc1`. */
  readonly name: string;
  readonly op: Op;
  /** The names of the nodes that it reads, all of which come before it. */
  readonly inputs: readonly string[];
  readonly parameters: Readonly<Partial<Record<ParameterSlot, Parameter>>>;
  /** The shape of the output, for one image. */
  readonly shape: Shape;
  readonly role: Role;
  /** The stage, numbered as in the paper (`conv2_x` is stage 2), or null outside the stages. */
  readonly stage: number | null;
  /** The block's number within its stage, from 0, or null outside the blocks. */
  readonly block: number | null;
}

/** A directed acyclic graph over one image, in topological order; `nodes[0]` is the input. */
export interface Network {
  /** The canonical name in the grammar of names: `se-resnet50{r=8}`. */
  readonly name: string;
  readonly nodes: readonly Node[];
  /** The name of the node that gives the logits `[classes]`. */
  readonly output: string;
}
