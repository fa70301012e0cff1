import { type GraphBuilder, type Layers, layersAt } from "../graph/graph-builder.ts";
import type { Node } from "../graph/network.ts";
import { attachSe, type SeOptions, type SePlace, type WidthRounding } from "../se/se.ts";
import type { Layout, ModelRow } from "./model-table.ts";

/** What a family of networks says of itself. */
export interface Family<Row> {
  /** The stages that have blocks, ascending, numbered as in the family's article. */
  stages(row: Row): readonly number[];
  /** The places where SE can stand in a block of the family. */
  readonly places: readonly SePlace[];
  /** Adds everything from the image to the last feature map, which is returned. */
  trunk(row: Row, context: NetworkContext): Node;
  readonly head: Head;
}

/** Adds everything from the last feature map to the logits, which are returned. */
export type Head = (builder: GraphBuilder, map: Node, classes: number) => Node;

/** What a network is built with and into. */
export interface NetworkContext {
  readonly builder: GraphBuilder;
  readonly convention: Convention;
  /** The options of SE, or null for the plain counterpart. */
  readonly se: SeOptions | null;
}

/** A block's position in its network, beside all that the network is built with. */
export interface BlockContext extends NetworkContext {
  /** The stage, numbered as in the network's article: `conv2_x` is stage 2. */
  readonly stage: number;
  /** The block's number within its stage, from 0. */
  readonly block: number;
  /** The first part of the block's parameter names: "layer1.0". */
  readonly prefix: string;
}

/** What a layout decides, for a row with or without groups. */
export interface Convention {
  /** The convolution of a bottleneck that has the stride. */
  readonly stride: "conv1" | "conv2";
  /** `padded`: 3x3/2, pad 1. `ceil`: 3x3/2, pad 0, and the last window may hang over. */
  readonly pool: "padded" | "ceil";
  readonly rounding: WidthRounding;
  /** timm's legacy SE-ResNet-18 and -34 have a ReLU between the last batch norm and SE. */
  readonly reluBeforeSe: boolean;
}

export function conventionOf(layout: Layout, row: ModelRow): Convention {
  const grouped = row.family === "resnet" && row.groups > 1;
  switch (layout) {
    case "torchvision":
    case "paper":
      return { stride: "conv2", pool: "padded", rounding: "floor", reluBeforeSe: false };
    case "timm":
      return { stride: "conv2", pool: "padded", rounding: "divisible-by-8", reluBeforeSe: false };
    case "timm-legacy":
      // The release strides the first 1x1 of SE-ResNet, but the 3x3 of SE-ResNeXt and SENet-154.
      return {
        stride: grouped ? "conv2" : "conv1",
        pool: "ceil",
        rounding: "floor",
        reluBeforeSe: true,
      };
  }
}

export function trunkLayers({ builder, stage, block }: BlockContext): Layers {
  return layersAt(builder, { role: "trunk", stage, block });
}

/** Scales the map by SE if the options ask for SE at this place of this block. */
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

/** A head of global average pooling and a dense layer, whose parameters begin with `prefix`. */
export function pooledHead(prefix: string): Head {
  return (builder, map, classes) => {
    const head = layersAt(builder, { role: "head" });
    const pooled = head.apply("globalAvgPool", [map], "pool");
    const features = head.apply("flatten", [pooled], "flatten");
    return head.dense(features, { units: classes, bias: true, local: "fc", prefix });
  };
}

/** The places of SE in a family whose blocks have no sum. */
export const onlyStandard: readonly SePlace[] = ["standard"];

/** Consecutive numbers from `first`, one for each stage. */
export function countedFrom(first: number, blocks: readonly number[]): number[] {
  return blocks.map((_, index) => first + index);
}
