import { type BlockContext, trunkLayers, withSe } from "./block-context.ts";
import { type Layers, square } from "./layers.ts";
import type { Node } from "./network.ts";

/** What stands on a residual branch between the block's input and the sum. */
type Branch = (input: Node, context: BlockContext, layers: Layers) => Node;

export interface BlockShape {
  readonly outChannels: number;
  readonly stride: number;
  readonly branch: Branch;
  /** Height and width of the shortcut's convolution, where it has one; default 1. */
  readonly projection?: number;
}

/** Input, branch, shortcut, sum, ReLU; SE where the options place it. */
export function residualBlock(input: Node, shape: BlockShape, context: BlockContext): Node {
  const layers = trunkLayers(context);
  const branch = withSe(
    "standard",
    shape.branch(withSe("pre", input, context), context, layers),
    context,
  );
  const shortcut = withSe("identity", project(input, shape, context, layers), context);
  const sum = layers.apply("add", [branch, shortcut], "add");
  return withSe("post", layers.apply("relu", [sum], "relu"), context);
}

/** A convolution where the shape changes (He et al.'s option B), else nothing. */
function project(input: Node, shape: BlockShape, context: BlockContext, layers: Layers): Node {
  if (shape.stride === 1 && input.shape[0] === shape.outChannels) return input;
  return layers.convNorm(input, {
    outChannels: shape.outChannels,
    kernel: square(shape.projection ?? 1),
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
  inner: {
    readonly width: number;
    readonly groups: number;
    /** Channels that the first 1x1 gives; default: the width. */
    readonly reduced?: number;
    readonly projection?: number;
  },
): BlockShape {
  return {
    outChannels,
    stride,
    projection: inner.projection ?? 1,
    branch(input, context, layers) {
      const strideAt = (conv: "conv1" | "conv2") =>
        context.convention.stride === conv ? stride : 1;
      const reduced = layers.convNorm(input, {
        ...numbered(context, 1),
        kernel: square(1),
        outChannels: inner.reduced ?? inner.width,
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
