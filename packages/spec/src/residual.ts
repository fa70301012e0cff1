import type { GraphBuilder } from "./graph-builder.ts";
import { type Layers, layersAt, square } from "./layers.ts";
import type { Convention } from "./model-table.ts";
import type { Node } from "./network.ts";
import { attachSe, type SeOptions, type SePlace } from "./se.ts";

export interface BlockContext {
  readonly builder: GraphBuilder;
  readonly convention: Convention;
  /** Null in the plain counterpart. */
  readonly se: SeOptions | null;
  /** As the paper counts: `conv2_x` is stage 2. */
  readonly stage: number;
  readonly block: number;
  /** First part of the parameters' names: "layer1.0". */
  readonly prefix: string;
}

/** What stands on a residual branch between the block's input and the sum. */
type Branch = (input: Node, context: BlockContext, layers: Layers) => Node;

export interface BlockShape {
  readonly outChannels: number;
  readonly stride: number;
  readonly branch: Branch;
}

/** Input, branch, shortcut, sum, ReLU; SE where the options place it. */
export function residualBlock(input: Node, shape: BlockShape, context: BlockContext): Node {
  const layers = layersAt(context.builder, {
    role: "trunk",
    stage: context.stage,
    block: context.block,
  });
  const branch = withSe(
    "standard",
    shape.branch(withSe("pre", input, context), context, layers),
    context,
  );
  const shortcut = withSe("identity", project(input, shape, context, layers), context);
  const sum = layers.apply("add", [branch, shortcut], "add");
  return withSe("post", layers.apply("relu", [sum], "relu"), context);
}

function withSe(place: SePlace, map: Node, context: BlockContext): Node {
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

/** A 1x1 convolution where the shape changes (He et al.'s option B), else nothing. */
function project(input: Node, shape: BlockShape, context: BlockContext, layers: Layers): Node {
  if (shape.stride === 1 && input.shape[0] === shape.outChannels) return input;
  return layers.convNorm(input, {
    outChannels: shape.outChannels,
    kernel: square(1),
    stride: shape.stride,
    local: "downsample/conv",
    prefix: `${context.prefix}.downsample.0`,
    norm: { local: "downsample/bn", prefix: `${context.prefix}.downsample.1` },
  });
}

/** Two 3x3 convolutions. */
export function basicBlock(outChannels: number, stride: number): BlockShape {
  return {
    outChannels,
    stride,
    branch(input, context, layers) {
      const first = layers.convNorm(input, { ...numbered(context, 1), outChannels, stride });
      const inner = withSe("conv3x3", layers.apply("relu", [first], "relu1"), context);
      const second = layers.convNorm(inner, { ...numbered(context, 2), outChannels });
      return context.convention.reluBeforeSe ? layers.apply("relu", [second], "relu2") : second;
    },
  };
}

/** 1x1, 3x3 in groups, 1x1. */
export function bottleneckBlock(
  outChannels: number,
  stride: number,
  inner: { readonly width: number; readonly groups: number },
): BlockShape {
  return {
    outChannels,
    stride,
    branch(input, context, layers) {
      const strideAt = (conv: "conv1" | "conv2") =>
        context.convention.stride === conv ? stride : 1;
      const reduced = layers.convNorm(input, {
        ...numbered(context, 1),
        kernel: square(1),
        outChannels: inner.width,
        stride: strideAt("conv1"),
      });
      const spatial = layers.convNorm(layers.apply("relu", [reduced], "relu1"), {
        ...numbered(context, 2),
        outChannels: inner.width,
        groups: inner.groups,
        stride: strideAt("conv2"),
      });
      const active = withSe("conv3x3", layers.apply("relu", [spatial], "relu2"), context);
      return layers.convNorm(active, { ...numbered(context, 3), kernel: square(1), outChannels });
    },
  };
}

function numbered({ prefix }: BlockContext, index: number) {
  return {
    kernel: square(3),
    local: `conv${index}`,
    prefix: `${prefix}.conv${index}`,
    norm: { local: `bn${index}`, prefix: `${prefix}.bn${index}` },
  };
}
