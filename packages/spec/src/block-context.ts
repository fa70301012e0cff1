import type { Convention } from "./convention.ts";
import type { GraphBuilder } from "./graph-builder.ts";
import { type Layers, layersAt } from "./layers.ts";
import type { Node } from "./network.ts";
import { attachSe, type SeOptions, type SePlace } from "./se.ts";

/** What a network is built with and into. */
export interface NetworkContext {
  readonly builder: GraphBuilder;
  readonly convention: Convention;
  /** Null in the plain counterpart. */
  readonly se: SeOptions | null;
}

/** Where a block stands. */
export interface BlockContext extends NetworkContext {
  /** As the network's article counts: `conv2_x` is stage 2. */
  readonly stage: number;
  /** From 0, within its stage. */
  readonly block: number;
  /** First part of the parameters' names: "layer1.0". */
  readonly prefix: string;
}

export function trunkLayers({ builder, stage, block }: BlockContext): Layers {
  return layersAt(builder, { role: "trunk", stage, block });
}

/** The map, scaled by SE where the options ask for it at this place of this block. */
export function withSe(place: SePlace, map: Node, context: BlockContext): Node {
  const { se, stage, block, builder, convention, prefix } = context;
  if (se === null || se.place !== place) return map;
  if (se.stages !== null && !se.stages.includes(stage)) return map;
  return attachSe(builder, map, {
    ...se,
    stage,
    block,
    rounding: convention.rounding,
    prefix: `${prefix}.se`,
  });
}
