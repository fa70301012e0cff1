import {
  type GraphBuilder,
  type Layers,
  layersAt,
  type Padding,
  square,
} from "../graph/graph-builder.ts";
import type { Node } from "../graph/network.ts";
import {
  attachSe,
  type SeAttachment,
  type SeOptions,
  type SePlace,
  type WidthRounding,
} from "../se/se.ts";
import type { Layout, ModelRow } from "./model-table.ts";

/** What a family of networks says of itself. */
export interface Family<Row> {
  /** The stages that have blocks, ascending, numbered as in the family's article. */
  stages(row: Row): readonly number[];
  /** The places where SE can stand in a block of the family. */
  readonly places: readonly SePlace[];
  /** Adds everything from the image to the last feature map, which is returned. */
  trunk(row: Row, context: NetworkContext): Node;
  readonly head: Head<Row>;
}

/** Adds everything from the last feature map to the logits, which are returned. */
export type Head<Row> = (map: Node, classes: number, context: NetworkContext, row: Row) => Node;

/** What a network is built with and into. */
export interface NetworkContext {
  readonly builder: GraphBuilder;
  readonly layout: Layout;
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
  /** The padding of convolutions in networks that come from TensorFlow. */
  readonly padding: Padding;
  /** The constant that batch norms of such networks add to the variance. */
  readonly epsilon: number;
}

/** What a layout decides unless it says something else. */
const usual: Convention = {
  stride: "conv2",
  pool: "padded",
  rounding: "floor",
  reluBeforeSe: false,
  padding: "half",
  epsilon: 1e-5,
};

/** The epsilon of TensorFlow's batch norms. */
const tensorflowEpsilon = 1e-3;

export function conventionOf(layout: Layout, row: ModelRow): Convention {
  const grouped = row.family === "resnet" && row.groups > 1;
  switch (layout) {
    case "torchvision":
      return row.family === "inverted-residual" && row.torchvisionEpsilon !== undefined
        ? { ...usual, epsilon: row.torchvisionEpsilon }
        : usual;
    case "paper":
      return usual;
    case "timm":
      return { ...usual, rounding: "divisible-by-8" };
    case "timm-tf":
      return { ...usual, padding: "same", epsilon: tensorflowEpsilon };
    case "timm-legacy":
      // The release strides the first 1x1 of SE-ResNet, but the 3x3 of SE-ResNeXt and SENet-154.
      return {
        ...usual,
        stride: grouped ? "conv2" : "conv1",
        pool: "ceil",
        reluBeforeSe: true,
      };
  }
}

export function trunkLayers({ builder, stage, block }: BlockContext): Layers {
  return layersAt(builder, { role: "trunk", stage, block });
}

/** What a family's SE has of its own. */
type OwnSe = Partial<Pick<SeAttachment, "rounding" | "dividend" | "prefix" | "layerNames">>;

/** Scales the map by SE if the options ask for SE at this place of this block. */
export function withSe(place: SePlace, map: Node, context: BlockContext, own: OwnSe = {}): Node {
  const { se, stage, block, builder, convention, prefix } = context;
  if (se === null || se.place !== place) return map;
  if (se.stages !== null && !se.stages.includes(stage)) return map;
  return attachSe(builder, map, {
    ...se,
    stage,
    block,
    rounding: convention.rounding,
    prefix: `${prefix}.se`,
    layerNames: ["fc1", "fc2"],
    ...own,
  });
}

/** The names of a convolution's and its batch norm's parameters. */
export interface UnitNames {
  readonly conv: string;
  readonly norm: string;
}

interface Unit {
  readonly outChannels: number;
  readonly kernel: number;
  /** The stride; default 1. */
  readonly stride?: number;
  /** The groups; default 1. */
  readonly groups?: number;
  readonly convention: Pick<Convention, "padding" | "epsilon">;
  /** The first part of the nodes' names, with a slash at its end where there is one. */
  readonly local: string;
  readonly names: UnitNames;
}

/** Adds a convolution and its batch norm. */
export function convolve(layers: Layers, input: Node, unit: Unit): Node {
  const { outChannels, kernel, stride = 1, groups = 1, convention, local, names } = unit;
  return layers.convNorm(input, {
    outChannels,
    kernel: square(kernel),
    stride,
    groups,
    padding: convention.padding,
    local: `${local}conv`,
    prefix: names.conv,
    norm: { local: `${local}bn`, prefix: names.norm, epsilon: convention.epsilon },
  });
}

/** The names of SE's layers in timm's mobile networks. */
export const timmSeLayers = ["conv_reduce", "conv_expand"] as const;

/** A head of global average pooling and a dense layer, whose parameters begin with `prefix`. */
export function pooledHead(prefix: string): Head<unknown> {
  return (map, classes, { builder }) => {
    const head = layersAt(builder, { role: "head" });
    const features = pooledFeatures(map, head);
    return head.dense(features, { units: classes, bias: true, local: "fc", prefix });
  };
}

/** Adds an average over the map, and gives the channels as a vector. */
export function pooledFeatures(map: Node, head: Layers): Node {
  return head.apply("flatten", [head.apply("globalAvgPool", [map], "pool")], "flatten");
}

/** The places of SE in a family whose blocks have no sum, or whose SE has one place only. */
export const onlyStandard: readonly SePlace[] = ["standard"];

/** Consecutive numbers from `first`, one for each stage. */
export function countedFrom(first: number, blocks: readonly number[]): number[] {
  return blocks.map((_, index) => first + index);
}
