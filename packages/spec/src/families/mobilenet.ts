import { layersAt, square } from "../graph/graph-builder.ts";
import type { Node } from "../graph/network.ts";
import {
  type BlockContext,
  type NetworkContext,
  trunkLayers,
  withSe,
  type Family,
  onlyStandard,
  pooledHead,
} from "./family.ts";
import type { SingleRow } from "./model-table.ts";

/**
 * The channels that the pointwise convolutions of each stage give (Howard et al.
 * 2017, table 1). The first depthwise convolution of a stage has stride 2, except in
 * stage 1.
 */
const stages = [[64], [128, 128], [256, 256], [512, 512, 512, 512, 512, 512], [1024, 1024]];

/**
 * MobileNet v1 with ReLU, as in its article. The SENet paper does not say where SE
 * stands: with SE after each pointwise convolution's ReLU, r = 16 and no bias, the
 * parameters and MACs are those of the paper's table 3.
 */
export const mobilenet: Family<SingleRow<"mobilenet">> = {
  stages: () => stages.map((_, index) => index + 1),
  places: onlyStandard,
  trunk(_row, context) {
    let map = stem(context);
    for (const [index, widths] of stages.entries()) {
      for (const [block, width] of widths.entries()) {
        const stride = block === 0 && index > 0 ? 2 : 1;
        const place = { stage: index + 1, block, prefix: `stage${index + 1}.${block}` };
        map = separableConvolution(map, { width, stride }, { ...context, ...place });
      }
    }
    return map;
  },
  head: pooledHead("fc"),
};

function stem({ builder }: NetworkContext): Node {
  const shape = { outChannels: 32, kernel: square(3), stride: 2 };
  return layersAt(builder, { role: "stem" }).unit(builder.input, {
    ...shape,
    local: "",
    prefix: "stem",
  });
}

function separableConvolution(
  input: Node,
  { width, stride }: { readonly width: number; readonly stride: number },
  context: BlockContext,
): Node {
  const layers = trunkLayers(context);
  const [channels] = input.shape;
  const depthwise = layers.unit(input, {
    outChannels: channels,
    groups: channels,
    kernel: square(3),
    stride,
    local: "depthwise",
    prefix: `${context.prefix}.depthwise`,
  });
  const pointwise = layers.unit(depthwise, {
    outChannels: width,
    kernel: square(1),
    local: "pointwise",
    prefix: `${context.prefix}.pointwise`,
  });
  return withSe("standard", pointwise, context);
}
