import { layersAt, square, squareWindow } from "../graph/graph-builder.ts";
import type { Node } from "../graph/network.ts";
import {
  type BlockContext,
  type NetworkContext,
  trunkLayers,
  withSe,
  countedFrom,
  type Family,
  onlyStandard,
  pooledHead,
} from "./family.ts";
import type { ShuffleNetRow } from "./model-table.ts";

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
    let map = stem(context);
    for (const [index, count] of row.blocks.entries()) {
      for (let block = 0; block < count; block++) {
        const stage = firstStage + index;
        map = unit(map, row, { ...context, stage, block, prefix: `stage${stage}.${block}` });
      }
    }
    return map;
  },
  head: pooledHead("fc"),
};

function stem({ builder }: NetworkContext): Node {
  const layers = layersAt(builder, { role: "stem" });
  const shape = { outChannels: 24, kernel: square(3), stride: 2 };
  const map = layers.unit(builder.input, { ...shape, local: "", prefix: "stem" });
  return layers.op({ kind: "maxPool", ...halving }, map, "pool");
}

/** Adds a unit, which adds branch and shortcut; the first of a stage halves the map and joins them. */
function unit(input: Node, row: ShuffleNetRow, context: BlockContext): Node {
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
