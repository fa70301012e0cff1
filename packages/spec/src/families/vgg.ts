import { layersAt, square, squareWindow } from "../graph/graph-builder.ts";
import type { Node } from "../graph/network.ts";
import {
  type BlockContext,
  trunkLayers,
  withSe,
  countedFrom,
  type Family,
  type Head,
  onlyStandard,
} from "./family.ts";
import type { VggRow } from "./model-table.ts";

/** The channels of each stage (Simonyan & Zisserman 2015, table 1). */
const channels = [64, 128, 256, 512, 512] as const;

/** The number of entries that a convolution and a pooling take in torchvision's `features`. */
const entries = { convolution: 3, pool: 1 } as const;

/**
 * VGG with batch norm after each convolution, which keeps its bias, as in
 * torchvision. SE follows the ReLU of every convolution (SENet v4, section
 * 3.3); the dense layers have none, since the paper speaks of convolutions.
 */
export const vgg: Family<VggRow> = {
  stages: ({ blocks }) => countedFrom(1, blocks),
  places: onlyStandard,
  trunk({ blocks }, context) {
    let map = context.builder.input;
    let entry = 0;
    for (const [index, count] of blocks.entries()) {
      const stage = index + 1;
      for (let block = 0; block < count; block++) {
        const prefix = `features.${entry}`;
        map = convolution(map, channels[index]!, entry, { ...context, stage, block, prefix });
        entry += entries.convolution;
      }
      const pool = { kind: "maxPool", ...squareWindow(2, 2, 0), ceil: false } as const;
      map = layersAt(context.builder, { role: "trunk", stage }).op(pool, map, "pool");
      entry += entries.pool;
    }
    return map;
  },
  head: denseHead(),
};

function convolution(input: Node, outChannels: number, entry: number, context: BlockContext): Node {
  const layers = trunkLayers(context);
  const norm = layers.convNorm(input, {
    outChannels,
    kernel: square(3),
    bias: true,
    local: "conv",
    prefix: context.prefix,
    norm: { local: "bn", prefix: `features.${entry + 1}` },
  });
  return withSe("standard", layers.apply("relu", [norm], "relu"), context);
}

/**
 * A head of three dense layers over the map, whatever its size; torchvision pools
 * sizes other than 7x7 to 7x7 first, so its weights fit images of 224 to 255 pixels.
 */
function denseHead(): Head<VggRow> {
  return (map, classes, { builder }) => {
    const head = layersAt(builder, { role: "head" });
    let vector = head.apply("flatten", [map], "flatten");
    for (const [index, entry] of [0, 3].entries()) {
      const names = { local: `fc${index + 1}`, prefix: `classifier.${entry}` };
      const layer = head.dense(vector, { units: 4096, bias: true, ...names });
      vector = head.apply("relu", [layer], `relu${index + 1}`);
    }
    const names = { local: "fc3", prefix: "classifier.6" };
    return head.dense(vector, { units: classes, bias: true, ...names });
  };
}
