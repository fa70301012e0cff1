import { type InvertedRow, invertedRows } from "./inverted-rows.ts";
import type { Row, StagedRow } from "./row.ts";

export { type Layout, layouts } from "./row.ts";

/** ResNet and ResNeXt for 224 x 224 images. */
export interface ImageNetRow extends StagedRow {
  readonly family: "resnet";
  readonly block: "basic" | "bottleneck";
  readonly groups: number;
  /** The channels of a group in stage 2 ("4d"); 64 with one group is ResNet. */
  readonly groupWidth: number;
  /** `senet` has three 3x3 in the stem, half as many channels in the first 1x1, and 3x3 projections. */
  readonly variant: "resnet" | "senet";
}

/** The ResNets of He et al. 2016, section 4.2, for 32 x 32 images. */
export interface SmallRow extends StagedRow {
  readonly family: "small-resnet";
}

/** Pre-activation ResNets for 32 x 32 images, wide ones among them. */
export interface PreActRow extends StagedRow {
  readonly family: "preact-resnet";
  readonly block: "basic" | "bottleneck";
  /** The channels of the stages, as a multiple of 16, 32 and 64. */
  readonly widen: number;
}

export interface VggRow extends StagedRow {
  readonly family: "vgg";
}

export interface ShuffleNetRow extends StagedRow {
  readonly family: "shufflenet";
  readonly groups: number;
  /** The channels that a unit of stage 2 gives; each further stage doubles them. */
  readonly channels: number;
}

/** RegNetY (Radosavovic et al. 2020), whose widths come from a rule with four numbers. */
export interface RegnetRow extends StagedRow {
  readonly family: "regnet";
  /** The channels of each stage. */
  readonly widths: readonly number[];
  /** The channels of each stage in timm's models, where timm rounds in another way. */
  readonly timmWidths?: readonly number[];
  /** The channels of a group of the 3x3 convolution. */
  readonly groupWidth: number;
}

/** The row of a family that has no other row, whose modules are in the family's own table. */
export interface SingleRow<Name extends string> extends Row {
  readonly family: Name;
}

export type ModelRow =
  | ImageNetRow
  | SmallRow
  | PreActRow
  | VggRow
  | ShuffleNetRow
  | InvertedRow
  | RegnetRow
  | SingleRow<"ghostnet">
  | SingleRow<"mobilenet">
  | SingleRow<"bn-inception">
  | SingleRow<"inception-resnet">;

export type FamilyName = ModelRow["family"];
export type RowOf<Name extends FamilyName> = Extract<ModelRow, { readonly family: Name }>;

const forImageNet = { imageSize: 224, classes: 1000 } as const;
const forCifar = { imageSize: 32, classes: 10, layouts: ["paper"] } as const;

function imageNet(
  block: ImageNetRow["block"],
  blocks: readonly number[],
  source: string,
  groups = 1,
  groupWidth = 64,
): ImageNetRow {
  return {
    family: "resnet",
    variant: "resnet",
    block,
    blocks,
    groups,
    groupWidth,
    source,
    ...forImageNet,
    layouts: ["torchvision", "timm", "timm-legacy"],
  };
}

/** Makes a row of depth 6 n + 2, with three stages of n blocks (He et al. 2016, section 4.2). */
function small(n: number): SmallRow {
  return {
    family: "small-resnet",
    blocks: [n, n, n],
    source: "He et al. 2016, section 4.2, projection shortcuts (option B)",
    ...forCifar,
  };
}

function preActivated(
  block: PreActRow["block"],
  n: number,
  widen: number,
  source: string,
): PreActRow {
  return { family: "preact-resnet", block, blocks: [n, n, n], widen, source, ...forCifar };
}

function regnet(
  timm: string,
  torchvision: string,
  row: Pick<RegnetRow, "blocks" | "widths" | "timmWidths" | "groupWidth"> & { seName: string },
): RegnetRow {
  return {
    family: "regnet",
    ...row,
    se: { reduction: 4 },
    published: { torchvision, timm },
    ...forImageNet,
    layouts: ["torchvision", "timm"],
    source: "Radosavovic et al. 2020, RegNetY",
  };
}

/** Every network by its plain name. A variant is a row, and SE is an attachment to a row. */
export const modelTable = {
  resnet18: imageNet("basic", [2, 2, 2, 2], "He et al. 2016, table 1"),
  resnet34: imageNet("basic", [3, 4, 6, 3], "He et al. 2016, table 1"),
  resnet50: imageNet("bottleneck", [3, 4, 6, 3], "SENet v4, table 2"),
  resnet101: imageNet("bottleneck", [3, 4, 23, 3], "SENet v4, table 2"),
  resnet152: imageNet("bottleneck", [3, 8, 36, 3], "SENet v4, table 2"),
  "resnext50-32x4d": imageNet("bottleneck", [3, 4, 6, 3], "SENet v4, table 2", 32, 4),
  "resnext101-32x4d": imageNet("bottleneck", [3, 4, 23, 3], "SENet v4, table 2", 32, 4),
  "resnext101-64x4d": imageNet("bottleneck", [3, 4, 23, 3], "Xie et al. 2017, table 4", 64, 4),
  // The modified ResNeXt-152 (64x4d) of the paper's appendix; dropout does nothing at inference.
  "plain-senet154": {
    ...imageNet("bottleneck", [3, 8, 36, 3], "SENet v4, table 8 and appendix", 64, 4),
    variant: "senet",
    seName: "senet154",
    layouts: ["timm-legacy", "timm"],
  },
  "vgg16-bn": {
    family: "vgg",
    blocks: [2, 2, 3, 3, 3],
    ...forImageNet,
    layouts: ["torchvision"],
    source: "SENet v4, table 2",
  },
  "bn-inception": {
    family: "bn-inception",
    ...forImageNet,
    layouts: ["paper"],
    source: "SENet v4, table 2",
  },
  "inception-resnet-v2": {
    family: "inception-resnet",
    imageSize: 299,
    classes: 1000,
    layouts: ["paper"],
    source: "SENet v4, table 2",
  },
  "mobilenet-v1": {
    family: "mobilenet",
    ...forImageNet,
    layouts: ["paper"],
    source: "SENet v4, table 3",
  },
  "shufflenet-v1-g3": {
    family: "shufflenet",
    blocks: [4, 8, 4],
    groups: 3,
    channels: 240,
    ...forImageNet,
    layouts: ["paper"],
    source: "SENet v4, table 3",
  },
  // resnet8 is not in the article: it is the smallest of the rule, for software devices and training.
  resnet8: small(1),
  resnet20: small(3),
  resnet32: small(5),
  resnet56: small(9),
  resnet110: small(18),
  "preact-resnet110": preActivated("basic", 18, 1, "SENet v4, tables 4 and 5"),
  "preact-resnet164": preActivated("bottleneck", 18, 1, "SENet v4, tables 4 and 5"),
  "wrn-16-8": preActivated("basic", 2, 8, "SENet v4, tables 4 and 5"),
  ...invertedRows,
  "plain-regnety-400mf": regnet("regnety_004", "regnet_y_400mf", {
    seName: "regnety-400mf",
    blocks: [1, 3, 6, 6],
    widths: [48, 104, 208, 440],
    groupWidth: 8,
  }),
  "plain-regnety-800mf": regnet("regnety_008", "regnet_y_800mf", {
    seName: "regnety-800mf",
    blocks: [1, 3, 8, 2],
    widths: [64, 144, 320, 784],
    timmWidths: [64, 128, 320, 768],
    groupWidth: 16,
  }),
  "plain-regnety-1.6gf": regnet("regnety_016", "regnet_y_1_6gf", {
    seName: "regnety-1.6gf",
    blocks: [2, 6, 17, 2],
    widths: [48, 120, 336, 888],
    groupWidth: 24,
  }),
  "plain-regnety-3.2gf": regnet("regnety_032", "regnet_y_3_2gf", {
    seName: "regnety-3.2gf",
    blocks: [2, 5, 13, 1],
    widths: [72, 216, 576, 1512],
    groupWidth: 24,
  }),
  "plain-ghostnet": {
    family: "ghostnet",
    seName: "ghostnet",
    se: { reduction: 4, gate: "hard-sigmoid" },
    published: { timm: "ghostnet_100" },
    ...forImageNet,
    layouts: ["timm"],
    source: "Han et al. 2020, table 1",
  },
} as const satisfies Readonly<Record<string, ModelRow>>;

export type ModelName = keyof typeof modelTable;

export const modelNames = Object.keys(modelTable) as readonly ModelName[];

export function rowOf(model: ModelName): ModelRow {
  return modelTable[model];
}
