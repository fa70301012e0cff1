import { type Layers, layersAt, square } from "../graph/graph-builder.ts";
import type { Node } from "../graph/network.ts";
import {
  type BlockContext,
  countedFrom,
  type Family,
  type NetworkContext,
  onlyStandard,
  pooledHead,
  trunkLayers,
  withSe,
} from "./family.ts";
import type { RegnetRow } from "./model-table.ts";

const firstStage = 1;
const stemChannels = 32;

/** RegNetY. SE stands after the 3x3 convolution, and reduces from the channels of the block's input. */
export const regnet: Family<RegnetRow> = {
  stages: ({ blocks }) => countedFrom(firstStage, blocks),
  places: onlyStandard,
  trunk(row, context) {
    const stem = layersAt(context.builder, { role: "stem" });
    const shape = { outChannels: stemChannels, kernel: square(3), stride: 2 };
    const names = namesOf("stem", context, { timm: "", torchvision: "" }, ["conv", "bn"]);
    let map = stem.apply(
      "relu",
      [stem.convNorm(context.builder.input, { ...shape, ...names })],
      "relu",
    );
    const widths = context.layout === "timm" ? (row.timmWidths ?? row.widths) : row.widths;
    for (const [index, count] of row.blocks.entries()) {
      for (let block = 0; block < count; block++) {
        const prefix =
          context.layout === "timm"
            ? `s${index + 1}.b${block + 1}`
            : `trunk_output.block${index + 1}.block${index + 1}-${block}`;
        const at = { ...context, stage: firstStage + index, block, prefix };
        map = addBlock(map, { outChannels: widths[index]!, groupWidth: row.groupWidth }, at);
      }
    }
    return map;
  },
  head: (map, classes, context, row) =>
    pooledHead(context.layout === "timm" ? "head.fc" : "fc")(map, classes, context, row),
};

interface BlockShape {
  readonly outChannels: number;
  readonly groupWidth: number;
}

function addBlock(
  input: Node,
  { outChannels, groupWidth }: BlockShape,
  context: BlockContext,
): Node {
  const layers = trunkLayers(context);
  const [channels] = input.shape;
  const stride = context.block === 0 ? 2 : 1;
  const unit = (
    map: Node,
    index: 1 | 2 | 3,
    shape: { kernel: number; stride: number; groups: number },
  ) => {
    const names = unitNames(index, context);
    return layers.convNorm(map, { ...shape, kernel: square(shape.kernel), outChannels, ...names });
  };
  const whole = { kernel: 1, stride: 1, groups: 1 };
  const first = layers.apply("relu", [unit(input, 1, whole)], "relu1");
  const spatial = unit(first, 2, { kernel: 3, stride, groups: outChannels / groupWidth });
  const scaled = withSe("standard", layers.apply("relu", [spatial], "relu2"), context, {
    dividend: channels,
    rounding: "floor",
    prefix: context.layout === "timm" ? `${context.prefix}.se` : `${context.prefix}.f.se`,
  });
  const branch = unit(scaled, 3, whole);
  const same = stride === 1 && channels === outChannels;
  const shortcut = same ? input : project(input, outChannels, stride, context, layers);
  return layers.apply("relu", [layers.apply("add", [branch, shortcut], "add")], "relu");
}

function project(
  input: Node,
  outChannels: number,
  stride: number,
  context: BlockContext,
  layers: Layers,
): Node {
  const names = namesOf(context.prefix, context, { timm: "downsample", torchvision: "proj" }, [
    "downsample/conv",
    "downsample/bn",
  ]);
  return layers.convNorm(input, { outChannels, kernel: square(1), stride, ...names });
}

/** torchvision calls a block's three convolutions a, b and c. */
function unitNames(index: 1 | 2 | 3, context: BlockContext) {
  const part = { timm: `conv${index}`, torchvision: `f.${"abc"[index - 1]!}` };
  return namesOf(context.prefix, context, part, [`conv${index}`, `bn${index}`]);
}

/** The names of a convolution and its batch norm: its nodes' and, as the layout has them, its parameters'. */
function namesOf(
  place: string,
  { layout }: NetworkContext,
  part: Readonly<Record<"timm" | "torchvision", string>>,
  [local, norm]: readonly [conv: string, norm: string],
) {
  const timm = layout === "timm";
  const own = timm ? part.timm : part.torchvision;
  const prefix = own === "" ? place : `${place}.${own}`;
  return {
    local,
    prefix: `${prefix}.${timm ? "conv" : "0"}`,
    norm: { local: norm, prefix: `${prefix}.${timm ? "bn" : "1"}` },
  };
}
