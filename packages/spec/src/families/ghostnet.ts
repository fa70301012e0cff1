import { layersAt } from "../graph/graph-builder.ts";
import type { Node } from "../graph/network.ts";
import {
  type BlockContext,
  trunkLayers,
  withSe,
  type Family,
  onlyStandard,
  countedFrom,
  convolve,
  pooledFeatures,
  timmSeLayers,
} from "./family.ts";
import type { SingleRow } from "./model-table.ts";

/** Blocks of a Ghost network by stage: kernel, inner and outer channels, stride, and whether they have SE. */
type GhostBlock = readonly [
  kernel: number,
  inner: number,
  outChannels: number,
  stride: number,
  se: boolean,
];

/** Han et al. 2020, table 1; the stages are those of timm's and the authors' code. */
const ghostStages: readonly (readonly GhostBlock[])[] = [
  [[3, 16, 16, 1, false]],
  [[3, 48, 24, 2, false]],
  [[3, 72, 24, 1, false]],
  [[5, 72, 40, 2, true]],
  [[5, 120, 40, 1, true]],
  [[3, 240, 80, 2, false]],
  [
    [3, 200, 80, 1, false],
    [3, 184, 80, 1, false],
    [3, 184, 80, 1, false],
    [3, 480, 112, 1, true],
    [3, 672, 112, 1, true],
  ],
  [[5, 672, 160, 2, true]],
  [
    [5, 960, 160, 1, false],
    [5, 960, 160, 1, true],
    [5, 960, 160, 1, false],
    [5, 960, 160, 1, true],
  ],
];

/** GhostNet 1.0, whose parameters have timm's names. SE stands between a block's two ghost modules. */
export const ghostnet: Family<SingleRow<"ghostnet">> = {
  stages: () =>
    countedFrom(
      1,
      ghostStages.map(() => 1),
    ),
  places: onlyStandard,
  trunk(_row, context) {
    const stem = layersAt(context.builder, { role: "stem" });
    const names = { local: "", names: { conv: "conv_stem", norm: "bn1" } };
    const shape = { convention: context.convention, outChannels: 16, kernel: 3, stride: 2 };
    let map = convolve(stem, context.builder.input, { ...shape, ...names });
    map = stem.apply("relu", [map], "relu");
    for (const [index, blocks] of ghostStages.entries()) {
      for (const [block, own] of blocks.entries()) {
        const at = { stage: index + 1, block, prefix: `blocks.${index}.${block}` };
        map = ghostBlock(map, own, { ...context, ...at });
      }
    }
    return map;
  },
  head(map, classes, context) {
    const head = layersAt(context.builder, { role: "head" });
    const stage = `blocks.${ghostStages.length}.0`;
    const names = { local: "last/", names: { conv: `${stage}.conv`, norm: `${stage}.bn1` } };
    const last = convolve(head, map, {
      convention: context.convention,
      outChannels: 960,
      kernel: 1,
      ...names,
    });
    const features = pooledFeatures(head.apply("relu", [last], "last/relu"), head);
    const layer = { units: 1280, bias: true, local: "hidden/fc", prefix: "conv_head" };
    const hidden = head.apply("relu", [head.dense(features, layer)], "hidden/relu");
    return head.dense(hidden, { units: classes, bias: true, local: "fc", prefix: "classifier" });
  },
};

function ghostBlock(input: Node, block: GhostBlock, context: BlockContext): Node {
  const [kernel, inner, outChannels, stride, se] = block;
  const layers = trunkLayers(context);
  const first = ghostModule(input, inner, "ghost1", context);
  const strided =
    stride === 1
      ? first
      : convolve(layers, first, {
          convention: context.convention,
          outChannels: inner,
          groups: inner,
          kernel,
          stride,
          local: "depthwise/",
          names: { conv: `${context.prefix}.conv_dw`, norm: `${context.prefix}.bn_dw` },
        });
  const own = { rounding: "multiple-of-4", layerNames: timmSeLayers } as const;
  const scaled = se ? withSe("standard", strided, context, own) : strided;
  const branch = ghostModule(scaled, outChannels, "ghost2", context);
  const same = stride === 1 && input.shape[0] === outChannels;
  return layers.apply("add", [branch, same ? input : ghostShortcut(input, block, context)], "add");
}

/**
 * Adds a 1x1 convolution to half of the channels, and a depthwise one that gives the other
 * half; the block's first module has activations, and its second has none.
 */
function ghostModule(
  input: Node,
  outChannels: number,
  module: "ghost1" | "ghost2",
  context: BlockContext,
): Node {
  const layers = trunkLayers(context);
  const half = outChannels / 2;
  const add = (
    map: Node,
    part: string,
    shape: { readonly kernel: number; readonly groups: number },
  ) => {
    const local = `${module}/${part}`;
    const prefix = `${context.prefix}.${module}.${part === "primary" ? "primary_conv" : "cheap_operation"}`;
    const names = { conv: `${prefix}.0`, norm: `${prefix}.1` };
    const unit = {
      convention: context.convention,
      ...shape,
      outChannels: half,
      local: `${local}/`,
      names,
    };
    const norm = convolve(layers, map, unit);
    return module === "ghost1" ? layers.apply("relu", [norm], `${local}/relu`) : norm;
  };
  const primary = add(input, "primary", { kernel: 1, groups: 1 });
  const cheap = add(primary, "cheap", { kernel: 3, groups: half });
  return layers.apply("concat", [primary, cheap], `${module}/concat`);
}

function ghostShortcut(
  input: Node,
  [kernel, , outChannels, stride]: GhostBlock,
  context: BlockContext,
): Node {
  const layers = trunkLayers(context);
  const [channels] = input.shape;
  const names = (at: number) => ({
    conv: `${context.prefix}.shortcut.${at}`,
    norm: `${context.prefix}.shortcut.${at + 1}`,
  });
  const spatial = { outChannels: channels, groups: channels, kernel, stride };
  const depthwise = { ...spatial, local: "shortcut/depthwise/", names: names(0) };
  const pointwise = { outChannels, kernel: 1, local: "shortcut/pointwise/", names: names(2) };
  const map = convolve(layers, input, { convention: context.convention, ...depthwise });
  return convolve(layers, map, { convention: context.convention, ...pointwise });
}
