import type { GraphBuilder } from "./graph-builder.ts";
import { layersAt, square } from "./layers.ts";
import { type Convention, type ImageNetRow, type ModelRow, type SmallRow } from "./model-table.ts";
import type { Node } from "./network.ts";
import { basicBlock, type BlockShape, bottleneckBlock, residualBlock } from "./residual.ts";
import type { SeOptions } from "./se.ts";

/** The paper's first stage of blocks is `conv2_x`. */
const firstStage = 2;

export function stagesOf(row: ModelRow): number[] {
  return row.blocks.map((_, index) => firstStage + index);
}

/** From the image to the last feature map. */
export function residualTrunk(
  builder: GraphBuilder,
  row: ModelRow,
  convention: Convention,
  se: SeOptions | null,
): Node {
  let map = row.family === "resnet" ? largeStem(builder, convention) : smallStem(builder);
  for (const [index, count] of row.blocks.entries()) {
    for (let block = 0; block < count; block++) {
      const stride = block === 0 && index > 0 ? 2 : 1;
      map = residualBlock(map, blockShape(row, index, stride), {
        builder,
        convention,
        se,
        stage: firstStage + index,
        block,
        prefix: `layer${index + 1}.${block}`,
      });
    }
  }
  return map;
}

function blockShape(row: ImageNetRow | SmallRow, index: number, stride: number): BlockShape {
  if (row.family === "small-resnet") return basicBlock(16 * 2 ** index, stride);
  const planes = 64 * 2 ** index;
  if (row.block === "basic") return basicBlock(planes, stride);
  // Xie et al. 2017, table 1: stage 2 of 32x4d is 128 wide, and each stage doubles it.
  const width = Math.floor((planes * row.groupWidth) / 64) * row.groups;
  return bottleneckBlock(planes * 4, stride, { width, groups: row.groups });
}

/** 7x7/2 convolution and 3x3/2 pooling. */
function largeStem(builder: GraphBuilder, convention: Convention): Node {
  const stem = layersAt(builder, { role: "stem" });
  const norm = stem.convNorm(builder.input, {
    outChannels: 64,
    kernel: square(7),
    stride: 2,
    ...stemNames,
  });
  const ceil = convention.pool === "ceil";
  const pads = ceil ? ([0, 0, 0, 0] as const) : ([1, 1, 1, 1] as const);
  return stem.op(
    { kind: "maxPool", kernel: square(3), stride: square(2), pads, ceil },
    stem.apply("relu", [norm], "relu"),
    "pool",
  );
}

/** 3x3 convolution, 16 channels, no pooling. */
function smallStem(builder: GraphBuilder): Node {
  const stem = layersAt(builder, { role: "stem" });
  const norm = stem.convNorm(builder.input, { outChannels: 16, kernel: square(3), ...stemNames });
  return stem.apply("relu", [norm], "relu");
}

const stemNames = {
  local: "conv1",
  prefix: "conv1",
  norm: { local: "bn1", prefix: "bn1" },
};
