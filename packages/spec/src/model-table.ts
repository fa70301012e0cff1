import type { WidthRounding } from "./se.ts";

/** The published ways to build the same row; they differ in strides, pools and rounding. */
export const layouts = ["torchvision", "timm", "timm-legacy"] as const;
export type Layout = (typeof layouts)[number];

interface Row {
  /** Blocks in each stage; the first stage is stage 2, as the paper counts. */
  readonly blocks: readonly number[];
  readonly imageSize: number;
  readonly classes: number;
  readonly layouts: readonly Layout[];
  /** Where the row comes from. */
  readonly source: string;
}

/** ResNet and ResNeXt for 224 x 224 images. */
export interface ImageNetRow extends Row {
  readonly family: "resnet";
  readonly block: "basic" | "bottleneck";
  readonly groups: number;
  /** Channels of a group in stage 2 ("4d"); 64 with one group is ResNet. */
  readonly groupWidth: number;
}

/** The ResNets of He et al. 2016, section 4.2, for 32 x 32 images. */
export interface SmallRow extends Row {
  readonly family: "small-resnet";
}

export type ModelRow = ImageNetRow | SmallRow;

function imageNet(
  block: ImageNetRow["block"],
  blocks: readonly number[],
  source: string,
  groups = 1,
  groupWidth = 64,
): ImageNetRow {
  const common = { imageSize: 224, classes: 1000, layouts, source };
  return { family: "resnet", block, blocks, groups, groupWidth, ...common };
}

/** He et al.: depth is 6 n + 2, three stages of n blocks. */
function small(n: number): SmallRow {
  return {
    family: "small-resnet",
    blocks: [n, n, n],
    imageSize: 32,
    classes: 10,
    layouts: ["torchvision"],
    source: "He et al. 2016, section 4.2, projection shortcuts (option B)",
  };
}

/** Every network, by its plain name. A variant is a row, and SE an attachment to it. */
export const modelTable = {
  resnet18: imageNet("basic", [2, 2, 2, 2], "He et al. 2016, table 1"),
  resnet34: imageNet("basic", [3, 4, 6, 3], "He et al. 2016, table 1"),
  resnet50: imageNet("bottleneck", [3, 4, 6, 3], "SENet v4, table 2"),
  resnet101: imageNet("bottleneck", [3, 4, 23, 3], "SENet v4, table 2"),
  resnet152: imageNet("bottleneck", [3, 8, 36, 3], "SENet v4, table 2"),
  "resnext50-32x4d": imageNet("bottleneck", [3, 4, 6, 3], "SENet v4, table 2", 32, 4),
  "resnext101-32x4d": imageNet("bottleneck", [3, 4, 23, 3], "SENet v4, table 2", 32, 4),
  "resnext101-64x4d": imageNet("bottleneck", [3, 4, 23, 3], "Xie et al. 2017, table 4", 64, 4),
  // Not in the article: the smallest of the rule, for devices in software and for training.
  resnet8: small(1),
  resnet20: small(3),
  resnet32: small(5),
  resnet56: small(9),
  resnet110: small(18),
} as const satisfies Readonly<Record<string, ModelRow>>;

export type ModelName = keyof typeof modelTable;

export const modelNames = Object.keys(modelTable) as readonly ModelName[];

/** What a layout decides, for a row with or without groups. */
export interface Convention {
  /** Which convolution of a bottleneck has the stride. */
  readonly stride: "conv1" | "conv2";
  /** `padded`: 3x3/2, pad 1. `ceil`: 3x3/2, pad 0, and the last window may hang over. */
  readonly pool: "padded" | "ceil";
  readonly rounding: WidthRounding;
  /** timm's legacy SE-ResNet-18 and -34 have a ReLU between the last batch norm and SE. */
  readonly reluBeforeSe: boolean;
}

export function conventionOf(layout: Layout, row: ModelRow): Convention {
  const grouped = row.family === "resnet" && row.groups > 1;
  switch (layout) {
    case "torchvision":
      return { stride: "conv2", pool: "padded", rounding: "floor", reluBeforeSe: false };
    case "timm":
      return { stride: "conv2", pool: "padded", rounding: "divisible-by-8", reluBeforeSe: false };
    case "timm-legacy":
      // The release strides the first 1x1 of SE-ResNet, but the 3x3 of SE-ResNeXt.
      return {
        stride: grouped ? "conv2" : "conv1",
        pool: "ceil",
        rounding: "floor",
        reluBeforeSe: true,
      };
  }
}
