import { layersAt, square, squareWindow } from "../graph/graph-builder.ts";
import type { Node } from "../graph/network.ts";
import {
  type BlockContext,
  type NetworkContext,
  trunkLayers,
  withSe,
  type Family,
  onlyStandard,
  pooledHead,
  countedFrom,
} from "./family.ts";
import type { SingleRow, ShuffleNetRow } from "./model-table.ts";

/**
 * The channels that the pointwise convolutions of each stage give (Howard et al.
 * 2017, table 1). The first depthwise convolution of a stage has stride 2, except in
 * stage 1.
 */
const mobileStages = [[64], [128, 128], [256, 256], [512, 512, 512, 512, 512, 512], [1024, 1024]];

/**
 * MobileNet v1 with ReLU, as in its article. The SENet paper does not say where SE
 * stands: with SE after each pointwise convolution's ReLU, r = 16 and no bias, the
 * parameters and MACs are those of the paper's table 3.
 */
export const mobilenet: Family<SingleRow<"mobilenet">> = {
  stages: () => mobileStages.map((_, index) => index + 1),
  places: onlyStandard,
  trunk(_row, context) {
    let map = mobileStem(context);
    for (const [index, widths] of mobileStages.entries()) {
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

function mobileStem({ builder }: NetworkContext): Node {
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

const firstStage = 2;

const halving = { ...squareWindow(3, 2, 1), ceil: false };

/**
 * ShuffleNet v1 (Zhang et al. 2018). The SENet paper does not say where SE stands:
 * on the branch, before the sum or the concatenation, r = 16 and no bias give 2.48
 * million parameters, which fits the paper's table 3 (2.4, where the plain network's
 * 1.87 is printed as 1.8); after the concatenation the network would have 2.59.
 */
export const shufflenet: Family<ShuffleNetRow> = {
  stages: ({ blocks }) => countedFrom(firstStage, blocks),
  places: onlyStandard,
  trunk(row, context) {
    let map = shuffleStem(context);
    for (const [index, count] of row.blocks.entries()) {
      for (let block = 0; block < count; block++) {
        const stage = firstStage + index;
        map = shuffleUnit(map, row, { ...context, stage, block, prefix: `stage${stage}.${block}` });
      }
    }
    return map;
  },
  head: pooledHead("fc"),
};

function shuffleStem({ builder }: NetworkContext): Node {
  const layers = layersAt(builder, { role: "stem" });
  const shape = { outChannels: 24, kernel: square(3), stride: 2 };
  const map = layers.unit(builder.input, { ...shape, local: "", prefix: "stem" });
  return layers.op({ kind: "maxPool", ...halving }, map, "pool");
}

/** Adds a unit, which adds branch and shortcut; the first of a stage halves the map and joins them. */
function shuffleUnit(input: Node, row: ShuffleNetRow, context: BlockContext): Node {
  const layers = trunkLayers(context);
  const outChannels = row.channels * 2 ** (context.stage - firstStage);
  const first = context.block === 0;
  const branch = withSe(
    "standard",
    shuffledBranch(input, row, context, {
      inner: outChannels / 4,
      outChannels: first ? outChannels - input.shape[0] : outChannels,
      stride: first ? 2 : 1,
    }),
    context,
  );
  if (!first) return layers.apply("relu", [layers.apply("add", [branch, input], "add")], "relu");
  const pool = { kind: "avgPool", ...halving, countIncludePad: true } as const;
  const shortcut = layers.op(pool, input, "shortcut");
  return layers.apply("relu", [layers.apply("concat", [branch, shortcut], "concat")], "relu");
}

function shuffledBranch(
  input: Node,
  row: ShuffleNetRow,
  context: BlockContext,
  shape: { readonly inner: number; readonly outChannels: number; readonly stride: number },
): Node {
  const layers = trunkLayers(context);
  const named = (local: string) => ({ local, prefix: `${context.prefix}.${local}` });
  const { inner, outChannels, stride } = shape;
  // Stage 2 has few input channels, so its first convolution is not grouped in the article.
  const grouped = context.stage > firstStage || context.block > 0;
  const compressed = layers.unit(input, {
    outChannels: inner,
    kernel: square(1),
    groups: grouped ? row.groups : 1,
    ...named("compress"),
  });
  const shuffled = layers.op({ kind: "channelShuffle", groups: row.groups }, compressed, "shuffle");
  const spatial = { outChannels: inner, groups: inner, kernel: square(3), stride };
  const depthwise = layers.unit(shuffled, { ...spatial, relu: false, ...named("depthwise") });
  const expanded = { outChannels, kernel: square(1), groups: row.groups };
  return layers.unit(depthwise, { ...expanded, relu: false, ...named("expand") });
}
