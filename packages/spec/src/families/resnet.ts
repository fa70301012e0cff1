import { type Layers, layersAt, square, squareWindow } from "../graph/graph-builder.ts";
import type { Node } from "../graph/network.ts";
import { places } from "../se/se.ts";
import {
  type NetworkContext,
  type Convention,
  countedFrom,
  type Family,
  pooledHead,
  type BlockContext,
  trunkLayers,
  withSe,
} from "./family.ts";
import type { ImageNetRow, SmallRow } from "./model-table.ts";

/** The first stage of blocks is `conv2_x`. */
const firstStage = 2;

/** ResNet, ResNeXt and SENet-154, for ImageNet. */
export const resnet: Family<ImageNetRow> = {
  stages: ({ blocks }) => countedFrom(firstStage, blocks),
  places,
  trunk(row, context) {
    const stem = row.variant === "senet" ? deepStem(context) : shallowStem(context);
    return residualTrunk(stem, row.blocks, context, (index, stride) =>
      blockShape(row, index, stride),
    );
  },
  head: pooledHead("fc"),
};

/** The ResNets of He et al. 2016, section 4.2. */
export const smallResnet: Family<SmallRow> = {
  stages: ({ blocks }) => countedFrom(firstStage, blocks),
  places,
  trunk: ({ blocks }, context) =>
    residualTrunk(smallStem(context), blocks, context, (index, stride) =>
      basicBlock(16 * 2 ** index, stride),
    ),
  head: pooledHead("fc"),
};

function residualTrunk(
  stem: Node,
  blocks: readonly number[],
  context: NetworkContext,
  shapeOf: (index: number, stride: number) => BlockShape,
): Node {
  let map = stem;
  for (const [index, count] of blocks.entries()) {
    for (let block = 0; block < count; block++) {
      const stride = block === 0 && index > 0 ? 2 : 1;
      map = residualBlock(map, shapeOf(index, stride), {
        ...context,
        stage: firstStage + index,
        block,
        prefix: `layer${index + 1}.${block}`,
      });
    }
  }
  return map;
}

function blockShape(row: ImageNetRow, index: number, stride: number): BlockShape {
  const planes = 64 * 2 ** index;
  if (row.block === "basic") return basicBlock(planes, stride);
  // Xie et al. 2017, table 1: stage 2 of 32x4d is 128 wide, and each stage doubles it.
  const width = Math.floor((planes * row.groupWidth) / 64) * row.groups;
  const inner = { width, groups: row.groups };
  if (row.variant === "resnet") return bottleneckBlock(planes * 4, stride, inner);
  // SENet v4, appendix: the first 1x1 gives half the channels, and a strided shortcut is 3x3.
  return bottleneckBlock(planes * 4, stride, {
    ...inner,
    reduced: width / 2,
    projection: stride === 1 ? 1 : 3,
  });
}

/** Adds a 7x7/2 convolution and 3x3/2 pooling. */
function shallowStem({ builder, convention }: NetworkContext): Node {
  const stem = layersAt(builder, { role: "stem" });
  const norm = stem.convNorm(builder.input, {
    outChannels: 64,
    kernel: square(7),
    stride: 2,
    ...stemNames(1),
  });
  return stemPool(stem, stem.apply("relu", [norm], "relu"), convention);
}

/** Adds three 3x3 convolutions, the first of stride 2, and 3x3/2 pooling. */
function deepStem({ builder, convention }: NetworkContext): Node {
  const stem = layersAt(builder, { role: "stem" });
  let map = builder.input;
  for (const [index, outChannels] of [64, 64, 128].entries()) {
    const stride = index === 0 ? 2 : 1;
    const shape = { outChannels, kernel: square(3), stride, ...stemNames(index + 1) };
    map = stem.apply("relu", [stem.convNorm(map, shape)], `relu${index + 1}`);
  }
  return stemPool(stem, map, convention);
}

function stemPool(stem: Layers, map: Node, convention: Convention): Node {
  const ceil = convention.pool === "ceil";
  return stem.op({ kind: "maxPool", ...squareWindow(3, 2, ceil ? 0 : 1), ceil }, map, "pool");
}

/** Adds a 3x3 convolution of 16 channels without pooling. */
function smallStem({ builder }: NetworkContext): Node {
  const stem = layersAt(builder, { role: "stem" });
  const norm = stem.convNorm(builder.input, {
    outChannels: 16,
    kernel: square(3),
    ...stemNames(1),
  });
  return stem.apply("relu", [norm], "relu");
}

function stemNames(index: number) {
  const [local, norm] = [`conv${index}`, `bn${index}`];
  return { local, prefix: local, norm: { local: norm, prefix: norm } };
}

/** Adds everything on a residual branch between the block's input and the sum. */
type Branch = (input: Node, context: BlockContext, layers: Layers) => Node;

interface BlockShape {
  readonly outChannels: number;
  readonly stride: number;
  readonly branch: Branch;
  /** The height and width of the kernel of the shortcut's convolution, if it has one; default 1. */
  readonly projection?: number;
}

/** Adds branch, shortcut, sum and ReLU, with SE at the place that the options give. */
function residualBlock(input: Node, shape: BlockShape, context: BlockContext): Node {
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

/** Adds a convolution if the shape changes (He et al.'s option B), else nothing. */
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

/** A block of two 3x3 convolutions. */
function basicBlock(outChannels: number, stride: number): BlockShape {
  return {
    outChannels,
    stride,
    branch(input, context, layers) {
      const first = layers.convNorm(input, { ...unitNames(context, 1), outChannels, stride });
      const inner = withSe("conv3x3", layers.apply("relu", [first], "relu1"), context);
      const second = layers.convNorm(inner, { ...unitNames(context, 2), outChannels });
      return context.convention.reluBeforeSe ? layers.apply("relu", [second], "relu2") : second;
    },
  };
}

/** A block of a 1x1, a 3x3 in groups and a 1x1 convolution. */
function bottleneckBlock(
  outChannels: number,
  stride: number,
  inner: {
    readonly width: number;
    readonly groups: number;
    /** The channels that the first 1x1 gives; default: the width. */
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
        ...unitNames(context, 1),
        kernel: square(1),
        outChannels: inner.reduced ?? inner.width,
        stride: strideAt("conv1"),
      });
      const spatial = layers.convNorm(layers.apply("relu", [reduced], "relu1"), {
        ...unitNames(context, 2),
        outChannels: inner.width,
        groups: inner.groups,
        stride: strideAt("conv2"),
      });
      const active = withSe("conv3x3", layers.apply("relu", [spatial], "relu2"), context);
      return layers.convNorm(active, { ...unitNames(context, 3), kernel: square(1), outChannels });
    },
  };
}

function unitNames({ prefix }: BlockContext, index: number) {
  return {
    kernel: square(3),
    local: `conv${index}`,
    prefix: `${prefix}.conv${index}`,
    norm: { local: `bn${index}`, prefix: `${prefix}.bn${index}` },
  };
}
