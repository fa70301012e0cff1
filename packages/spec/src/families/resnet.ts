import type { NetworkContext } from "../block-context.ts";
import type { Convention } from "../convention.ts";
import { type Layers, layersAt, square, squareWindow } from "../layers.ts";
import type { ImageNetRow, SmallRow } from "../model-table.ts";
import type { Node } from "../network.ts";
import { basicBlock, type BlockShape, bottleneckBlock, residualBlock } from "../residual.ts";
import { places } from "../se.ts";
import { countedFrom, type Family, pooledHead } from "./family.ts";

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

/** He et al. 2016, section 4.2. */
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

/** 7x7/2 convolution and 3x3/2 pooling. */
function shallowStem({ builder, convention }: NetworkContext): Node {
  const stem = layersAt(builder, { role: "stem" });
  const norm = stem.convNorm(builder.input, {
    outChannels: 64,
    kernel: square(7),
    stride: 2,
    ...numbered(1),
  });
  return stemPool(stem, stem.apply("relu", [norm], "relu"), convention);
}

/** Three 3x3 convolutions, the first of stride 2, and 3x3/2 pooling. */
function deepStem({ builder, convention }: NetworkContext): Node {
  const stem = layersAt(builder, { role: "stem" });
  let map = builder.input;
  for (const [index, outChannels] of [64, 64, 128].entries()) {
    const stride = index === 0 ? 2 : 1;
    const shape = { outChannels, kernel: square(3), stride, ...numbered(index + 1) };
    map = stem.apply("relu", [stem.convNorm(map, shape)], `relu${index + 1}`);
  }
  return stemPool(stem, map, convention);
}

function stemPool(stem: Layers, map: Node, convention: Convention): Node {
  const ceil = convention.pool === "ceil";
  return stem.op({ kind: "maxPool", ...squareWindow(3, 2, ceil ? 0 : 1), ceil }, map, "pool");
}

/** 3x3 convolution, 16 channels, no pooling. */
function smallStem({ builder }: NetworkContext): Node {
  const stem = layersAt(builder, { role: "stem" });
  const norm = stem.convNorm(builder.input, {
    outChannels: 16,
    kernel: square(3),
    ...numbered(1),
  });
  return stem.apply("relu", [norm], "relu");
}

function numbered(index: number) {
  const [local, norm] = [`conv${index}`, `bn${index}`];
  return { local, prefix: local, norm: { local: norm, prefix: norm } };
}
