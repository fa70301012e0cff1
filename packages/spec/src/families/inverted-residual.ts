import { layersAt } from "../graph/graph-builder.ts";
import type { Node } from "../graph/network.ts";
import { wholeMultiple, type WidthRounding } from "../se/se.ts";
import {
  type BlockContext,
  convolve,
  type Family,
  type NetworkContext,
  onlyStandard,
  pooledFeatures,
  timmSeLayers,
  trunkLayers,
  type UnitNames,
  withSe,
} from "./family.ts";
import { activations, type BlockKind, type BlocksRow, type InvertedRow } from "./inverted-rows.ts";

/** MobileNetV3, EfficientNet and their kin. SE stands after a block's convolution in space. */
export const invertedResidual: Family<InvertedRow> = {
  stages: ({ firstStage, stages }) => stages.map((_, index) => firstStage + index),
  places: onlyStandard,
  trunk(row, context) {
    let map = addStem(row, context);
    let position = 0;
    for (const [index, runs] of row.stages.entries()) {
      const blocks = runs.flatMap((run) =>
        Array.from({ length: run.count }, (_, at) => (at === 0 ? run : { ...run, stride: 1 })),
      );
      for (const [block, own] of blocks.entries()) {
        const names = namesOf(row, context).block({ index, block, position: position++ }, own);
        const at = { stage: row.firstStage + index, block, prefix: names.prefix };
        map = addBlock(map, own, names, row, { ...context, ...at });
      }
    }
    return map;
  },
  head(map, classes, context, row) {
    const head = layersAt(context.builder, { role: "head" });
    const names = namesOf(row, context);
    const activation = activations[row.activation];
    let last = map;
    if (row.last !== null) {
      const shape = { outChannels: widened(row, row.last), kernel: 1, local: "last/" };
      const unit = { convention: context.convention, ...shape, names: names.last };
      last = head.op(activation, convolve(head, map, unit), "last/act");
    }
    let features = pooledFeatures(last, head);
    if (row.hidden !== null) {
      const hidden = { units: row.hidden, bias: true, local: "hidden/fc", prefix: names.hidden };
      features = head.op(activation, head.dense(features, hidden), "hidden/act");
    }
    return head.dense(features, { units: classes, bias: true, local: "fc", prefix: names.logits });
  },
};

function addStem(row: InvertedRow, context: NetworkContext): Node {
  const stem = layersAt(context.builder, { role: "stem" });
  const shape = { outChannels: widened(row, row.stem), kernel: 3, stride: 2, local: "" };
  const unit = { convention: context.convention, ...shape, names: namesOf(row, context).stem };
  return stem.op(activations[row.activation], convolve(stem, context.builder.input, unit), "act");
}

function widened({ width }: InvertedRow, channels: number): number {
  return wholeMultiple(channels * width, 8);
}

/** A convolution of a block. */
interface Part {
  readonly local: "expand" | "depthwise" | "fused" | "project" | "conv";
  /** The name that timm gives the convolution. */
  readonly timm: string;
}

const partsOf: Readonly<Record<BlockKind, readonly Part[]>> = {
  separable: [
    { local: "depthwise", timm: "conv_dw" },
    { local: "project", timm: "conv_pw" },
  ],
  inverted: [
    { local: "expand", timm: "conv_pw" },
    { local: "depthwise", timm: "conv_dw" },
    { local: "project", timm: "conv_pwl" },
  ],
  fused: [
    { local: "fused", timm: "conv_exp" },
    { local: "project", timm: "conv_pwl" },
  ],
  conv: [{ local: "conv", timm: "conv" }],
};

const seRounding: Readonly<Record<InvertedRow["seWidth"], WidthRounding>> = {
  input: "floor",
  expanded: "floor",
  "expanded-multiple-of-8": "multiple-of-8",
};

/** Adds a block's convolutions, its SE after the one in space, and its shortcut where shapes agree. */
function addBlock(
  input: Node,
  own: BlocksRow,
  names: BlockNames,
  row: InvertedRow,
  context: BlockContext,
): Node {
  const layers = trunkLayers(context);
  const [channels] = input.shape;
  const outChannels = widened(row, own.channels);
  const inner = wholeMultiple(channels * own.expansion, 8);
  const shapes = {
    expand: { outChannels: inner, kernel: 1 },
    depthwise: { outChannels: inner, kernel: own.kernel, stride: own.stride, groups: inner },
    fused: { outChannels: inner, kernel: own.kernel, stride: own.stride },
    project: { outChannels, kernel: 1 },
    conv: { outChannels, kernel: own.kernel, stride: own.stride },
  } as const;
  let map = input;
  for (const [index, { local }] of partsOf[own.kind].entries()) {
    const at = { local: `${local}/`, names: names.units[index]! };
    map = convolve(layers, map, { convention: context.convention, ...shapes[local], ...at });
    if (local !== "project" || row.straight) {
      const activation = activations[own.activation ?? row.activation];
      map = layers.op(activation, map, `${local}/act`);
    }
    if (local === "depthwise" && own.se) {
      map = withSe("standard", map, context, {
        ...names.se,
        rounding: seRounding[row.seWidth],
        dividend: row.seWidth === "input" ? channels : inner,
      });
    }
  }
  const adds = !row.straight && own.stride === 1 && channels === outChannels;
  return adds ? layers.apply("add", [map, input], "add") : map;
}

/** The names of a block's parameters. */
interface BlockNames {
  readonly prefix: string;
  readonly units: readonly UnitNames[];
  readonly se: { readonly prefix: string; readonly layerNames: readonly [string, string] };
}

interface Position {
  /** The number of the stage, from 0. */
  readonly index: number;
  /** The number of the block in its stage, from 0. */
  readonly block: number;
  /** The number of the block in its network, from 0. */
  readonly position: number;
}

/** The names of parameters in the files of a library. */
interface Names {
  readonly stem: UnitNames;
  block(at: Position, own: BlocksRow): BlockNames;
  readonly last: UnitNames;
  readonly hidden: string;
  readonly logits: string;
}

function namesOf(row: InvertedRow, { layout }: NetworkContext): Names {
  return layout === "torchvision" ? torchvisionNames(row) : timmNames(row);
}

/** timm numbers stages and blocks, and names each convolution. */
function timmNames({ stages, last, hidden }: InvertedRow): Names {
  // The last convolution of MobileNetV3 is a stage of timm's, since its head begins with the pool.
  const stage = `blocks.${stages.length}.0`;
  const before = hidden !== null && last !== null;
  return {
    stem: { conv: "conv_stem", norm: "bn1" },
    block({ index, block }, { kind }) {
      const prefix = `blocks.${index}.${block}`;
      const units = partsOf[kind].map(({ timm }, at) => ({
        conv: `${prefix}.${timm}`,
        norm: `${prefix}.bn${at + 1}`,
      }));
      return { prefix, units, se: { prefix: `${prefix}.se`, layerNames: timmSeLayers } };
    },
    last: before
      ? { conv: `${stage}.conv`, norm: `${stage}.bn1` }
      : { conv: "conv_head", norm: "bn2" },
    hidden: "conv_head",
    logits: "classifier",
  };
}

/** torchvision numbers everything; SE counts among a block's parts where the published row has it. */
function torchvisionNames({ stages, hidden }: InvertedRow): Names {
  const flat = hidden !== null;
  const blocks = stages.flat().reduce((sum, { count }) => sum + count, 0);
  const unit = (prefix: string): UnitNames => ({ conv: `${prefix}.0`, norm: `${prefix}.1` });
  return {
    stem: unit("features.0"),
    block({ index, block, position }, { kind, se }) {
      const at = flat ? `${position + 1}` : `${index + 1}.${block}`;
      const prefix = `features.${at}.block`;
      const parts = partsOf[kind];
      const after = parts.findIndex(({ local }) => local === "depthwise");
      const units = parts.map((_, part) =>
        unit(`${prefix}.${se && part > after ? part + 1 : part}`),
      );
      return {
        prefix,
        units,
        se: { prefix: `${prefix}.${after + 1}`, layerNames: ["fc1", "fc2"] },
      };
    },
    last: unit(`features.${(flat ? blocks : stages.length) + 1}`),
    hidden: "classifier.0",
    logits: flat ? "classifier.3" : "classifier.1",
  };
}
