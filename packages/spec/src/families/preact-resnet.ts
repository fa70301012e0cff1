import { type Layers, layersAt, square } from "../graph/graph-builder.ts";
import type { Node } from "../graph/network.ts";
import { places } from "../se/se.ts";
import {
  type BlockContext,
  trunkLayers,
  withSe,
  countedFrom,
  type Family,
  pooledHead,
} from "./family.ts";
import type { PreActRow } from "./model-table.ts";

const firstStage = 2;

/**
 * Pre-activation ResNets (He et al. 2016, "Identity Mappings in Deep Residual
 * Networks") and wide ones (Zagoruyko & Komodakis 2016), for 32 x 32 images:
 * batch norm and ReLU come before each convolution, and once more at the end.
 */
export const preActResnet: Family<PreActRow> = {
  stages: ({ blocks }) => countedFrom(firstStage, blocks),
  places,
  trunk(row, context) {
    const stem = layersAt(context.builder, { role: "stem" });
    const first = { outChannels: 16, kernel: square(3), local: "conv1", prefix: "conv1" };
    let map = stem.conv(context.builder.input, first);
    for (const [index, count] of row.blocks.entries()) {
      for (let block = 0; block < count; block++) {
        map = preActBlock(map, row, {
          ...context,
          stage: firstStage + index,
          block,
          prefix: `layer${index + 1}.${block}`,
        });
      }
    }
    return activated(layersAt(context.builder, { role: "head" }), map, "", "");
  },
  head: pooledHead("fc"),
};

function preActBlock(input: Node, row: PreActRow, context: BlockContext): Node {
  const layers = trunkLayers(context);
  const planes = 16 * 2 ** (context.stage - firstStage) * row.widen;
  const outChannels = row.block === "basic" ? planes : 4 * planes;
  const first = context.block === 0;
  const stride = first && context.stage > firstStage ? 2 : 1;
  // The first block of a stage activates before the paths part (the source is the article's section
  // 3.1 for stage 2, and its authors' code for a projection); the other blocks do not activate their
  // shortcut.
  const shared = first ? activated(layers, input, "1", context.prefix) : null;
  const start =
    shared === null
      ? activated(layers, withSe("pre", input, context), "1", context.prefix)
      : withSe("pre", shared, context);
  const branch =
    row.block === "basic"
      ? basicBranch(start, { planes, stride }, context, layers)
      : bottleneckBranch(start, { planes, stride }, context, layers);
  const shortcut = project(shared ?? input, { outChannels, stride }, context, layers);
  const sum = layers.apply(
    "add",
    [withSe("standard", branch, context), withSe("identity", shortcut, context)],
    "add",
  );
  return withSe("post", sum, context);
}

/** Adds batch norm and ReLU, whose names end in `number`, which is empty at the network's end. */
function activated(layers: Layers, map: Node, number: string, prefix: string): Node {
  const norm = layers.norm(map, {
    local: `bn${number}`,
    prefix: prefix === "" ? `bn${number}` : `${prefix}.bn${number}`,
  });
  return layers.apply("relu", [norm], `relu${number}`);
}

interface Width {
  readonly planes: number;
  readonly stride: number;
}

function basicBranch(
  start: Node,
  { planes, stride }: Width,
  context: BlockContext,
  layers: Layers,
): Node {
  const conv = numbered(context, layers);
  const first = conv(start, 1, { outChannels: planes, kernel: square(3), stride });
  const active = withSe("conv3x3", activated(layers, first, "2", context.prefix), context);
  return conv(active, 2, { outChannels: planes, kernel: square(3) });
}

/** Adds 1x1, 3x3 and 1x1, the first of which has the stride, as in the authors' code. */
function bottleneckBranch(
  start: Node,
  { planes, stride }: Width,
  context: BlockContext,
  layers: Layers,
): Node {
  const conv = numbered(context, layers);
  const reduced = conv(start, 1, { outChannels: planes, kernel: square(1), stride });
  const spatial = conv(activated(layers, reduced, "2", context.prefix), 2, {
    outChannels: planes,
    kernel: square(3),
  });
  const active = withSe("conv3x3", activated(layers, spatial, "3", context.prefix), context);
  return conv(active, 3, { outChannels: 4 * planes, kernel: square(1) });
}

function numbered({ prefix }: BlockContext, layers: Layers) {
  return (
    input: Node,
    index: number,
    shape: Pick<Parameters<Layers["conv"]>[1], "outChannels" | "kernel" | "stride">,
  ) => layers.conv(input, { ...shape, local: `conv${index}`, prefix: `${prefix}.conv${index}` });
}

/** Adds a 1x1 convolution, without batch norm, if the shape changes. */
function project(
  input: Node,
  { outChannels, stride }: { readonly outChannels: number; readonly stride: number },
  { prefix }: BlockContext,
  layers: Layers,
): Node {
  if (stride === 1 && input.shape[0] === outChannels) return input;
  const names = { local: "downsample", prefix: `${prefix}.downsample` };
  return layers.conv(input, { outChannels, kernel: square(1), stride, ...names });
}
