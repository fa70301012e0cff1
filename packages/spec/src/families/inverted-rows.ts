import type { Op } from "../graph/op.ts";
import type { Row } from "./row.ts";

/** The non-linearities of mobile networks. */
export const activations = {
  relu: { kind: "relu" },
  relu6: { kind: "clip", min: 0, max: 6 },
  silu: { kind: "silu" },
  "hard-swish": { kind: "hardSwish" },
} as const satisfies Readonly<Record<string, Op>>;

type Activation = keyof typeof activations;

/**
 * A kind of block: `separable` is a depthwise and a 1x1 convolution; `inverted` has a 1x1
 * convolution before them that gives more channels (Sandler et al. 2018); `fused` has one whole
 * convolution in place of the first two of those (Tan & Le 2021); `conv` is one convolution.
 */
export type BlockKind = "separable" | "inverted" | "fused" | "conv";

/** Blocks of one kind, the first of which may have a stride. */
export interface BlocksRow {
  readonly kind: BlockKind;
  readonly count: number;
  /** The height and width of the kernel of the convolution that is not 1x1. */
  readonly kernel: number;
  readonly stride: number;
  /** The channels within a block, as a multiple of its input's. */
  readonly expansion: number;
  /** The channels that a block gives, before the network's width multiplies them. */
  readonly channels: number;
  /** Whether the blocks have SE, in the member with SE. */
  readonly se: boolean;
  /** The non-linearity where it is not the network's. */
  readonly activation?: Activation;
}

/** A network of inverted residuals: MobileNetV3, EfficientNet and their kin. */
export interface InvertedRow extends Row {
  readonly family: "inverted-residual";
  /** The number of the first stage, as the network's article counts. */
  readonly firstStage: number;
  /** The channels of the stem, before the network's width multiplies them. */
  readonly stem: number;
  readonly width: number;
  readonly stages: readonly (readonly BlocksRow[])[];
  readonly activation: Activation;
  /**
   * The channels of SE's bottleneck: of the block's `input` over r, or of the `expanded` map, in
   * multiples of 8 or not.
   */
  readonly seWidth: "input" | "expanded" | "expanded-multiple-of-8";
  /**
   * Whether 1x1 convolutions at the end of a block have an activation, and no block a shortcut,
   * as in PP-LCNet.
   */
  readonly straight?: boolean;
  /** The channels of the last 1x1 convolution before the pool, or null if there is none. */
  readonly last: number | null;
  /** The channels of the dense layer between the pool and the logits, or null if there is none. */
  readonly hidden: number | null;
  /** The epsilon of torchvision's batch norms where it is not 1e-5. */
  readonly torchvisionEpsilon?: number;
}

interface Extra {
  readonly count?: number;
  readonly se?: boolean;
  readonly activation?: Activation;
}

function separable(
  kernel: number,
  stride: number,
  channels: number,
  { count = 1, se = false, ...of }: Extra = {},
): BlocksRow {
  return { kind: "separable", count, kernel, stride, expansion: 1, channels, se, ...of };
}

function inverted(
  kernel: number,
  stride: number,
  expansion: number,
  channels: number,
  { count = 1, se = false, ...of }: Extra = {},
): BlocksRow {
  return { kind: "inverted", count, kernel, stride, expansion, channels, se, ...of };
}

function fused(stride: number, expansion: number, channels: number, count: number): BlocksRow {
  const kind = expansion === 1 ? "conv" : "fused";
  return { kind, count, kernel: 3, stride, expansion, channels, se: false };
}

const forImageNet = { imageSize: 224, classes: 1000 } as const;
const se = true;
const activation = "relu";

/** Howard et al. 2019, table 1. An expansion is the ratio of the table's two columns. */
const mobileLarge: InvertedRow["stages"] = [
  [separable(3, 1, 16, { activation })],
  [inverted(3, 2, 4, 24, { activation }), inverted(3, 1, 3, 24, { activation })],
  [inverted(5, 2, 3, 40, { count: 3, se, activation })],
  [inverted(3, 2, 6, 80), inverted(3, 1, 2.5, 80), inverted(3, 1, 2.3, 80, { count: 2 })],
  [inverted(3, 1, 6, 112, { count: 2, se })],
  [inverted(5, 2, 6, 160, { count: 3, se })],
];

/** Howard et al. 2019, table 2. */
const mobileSmall: InvertedRow["stages"] = [
  [separable(3, 2, 16, { se, activation })],
  [inverted(3, 2, 4.5, 24, { activation }), inverted(3, 1, 3.67, 24, { activation })],
  [inverted(5, 2, 4, 40, { se }), inverted(5, 1, 6, 40, { count: 2, se })],
  [inverted(5, 1, 3, 48, { count: 2, se })],
  [inverted(5, 2, 6, 96, { count: 3, se })],
];

function mobileV3(
  size: "large" | "small",
  width: 1 | 0.75,
): InvertedRow & { readonly seName: string } {
  const percent = width === 1 ? "100" : "075";
  const timm = `mobilenetv3_${size}_${percent}`;
  const names = { timm, "timm-tf": `tf_${timm}` };
  return {
    family: "inverted-residual",
    seName: `mobilenet-v3-${size}${width === 1 ? "" : `-${percent}`}`,
    firstStage: 1,
    stem: 16,
    width,
    stages: size === "large" ? mobileLarge : mobileSmall,
    activation: "hard-swish",
    seWidth: "expanded-multiple-of-8",
    last: size === "large" ? 960 : 576,
    hidden: size === "large" ? 1280 : 1024,
    torchvisionEpsilon: 1e-3,
    se: { reduction: 4, gate: "hard-sigmoid" },
    // torchvision has no weights of other widths, and would give other channels.
    published: width === 1 ? { torchvision: `mobilenet_v3_${size}`, ...names } : names,
    layouts: width === 1 ? ["torchvision", "timm", "timm-tf"] : ["timm", "timm-tf"],
    ...forImageNet,
    source: `Howard et al. 2019, table ${size === "large" ? 1 : 2}`,
  };
}

/** sebench's own small MobileNetV3, of the blocks of Howard et al. 2019, for training on 32 px. */
const mobileTiny: InvertedRow & { readonly seName: string } = {
  family: "inverted-residual",
  seName: "mobilenet-v3-tiny",
  firstStage: 1,
  stem: 16,
  width: 1,
  stages: [
    [separable(3, 1, 16, { se, activation })],
    [inverted(3, 2, 4, 24, { activation }), inverted(3, 1, 3, 24, { activation })],
    [inverted(5, 2, 4, 40, { se }), inverted(5, 1, 3, 40, { se })],
  ],
  activation: "hard-swish",
  seWidth: "expanded-multiple-of-8",
  last: 240,
  hidden: null,
  torchvisionEpsilon: 1e-3,
  se: { reduction: 4, gate: "hard-sigmoid" },
  imageSize: 32,
  classes: 10,
  layouts: ["torchvision"],
  source: "sebench's own, of the blocks of Howard et al. 2019",
};

/** Tan & Le 2019, table 1, with the repeats of each stage times a depth. */
function efficientStages(depth: number): InvertedRow["stages"] {
  const count = (repeats: number) => ({ count: Math.ceil(repeats * depth), se });
  return [
    [separable(3, 1, 16, count(1))],
    [inverted(3, 2, 6, 24, count(2))],
    [inverted(5, 2, 6, 40, count(2))],
    [inverted(3, 2, 6, 80, count(3))],
    [inverted(5, 1, 6, 112, count(3))],
    [inverted(5, 2, 6, 192, count(4))],
    [inverted(3, 1, 6, 320, count(1))],
  ];
}

const efficient = {
  family: "inverted-residual",
  firstStage: 2,
  stem: 32,
  width: 1,
  stages: efficientStages(1),
  activation: "silu",
  seWidth: "input",
  last: 1280,
  hidden: null,
  se: { reduction: 4, activation: "silu" },
  ...forImageNet,
} as const satisfies Partial<InvertedRow>;

function efficientNet(
  name: string,
  [width, depth, imageSize]: readonly [width: number, depth: number, imageSize: number],
): InvertedRow & { readonly seName: string } {
  const library = `efficientnet_${name}`;
  return {
    ...efficient,
    seName: `efficientnet-${name}`,
    width,
    stages: efficientStages(depth),
    imageSize,
    published: { torchvision: library, timm: library, "timm-tf": `tf_${library}` },
    layouts: ["torchvision", "timm", "timm-tf"],
    source: "Tan & Le 2019, table 1, and the widths and depths of their code",
  };
}

/** PP-LCNet (Cui et al. 2021), as timm has it. */
function lcNet(width: 1 | 0.25): InvertedRow & { readonly seName: string } {
  return {
    family: "inverted-residual",
    seName: width === 1 ? "pp-lcnet" : "pp-lcnet-025",
    firstStage: 1,
    stem: 16,
    width,
    stages: [
      [separable(3, 1, 32)],
      [separable(3, 2, 64, { count: 2 })],
      [separable(3, 2, 128, { count: 2 })],
      [separable(3, 2, 256), separable(5, 1, 256)],
      [separable(5, 1, 256, { count: 4 })],
      [separable(5, 2, 512, { count: 2, se })],
    ],
    activation: "hard-swish",
    seWidth: "expanded",
    straight: true,
    last: null,
    hidden: 1280,
    se: { reduction: 4, gate: "hard-sigmoid" },
    published: width === 1 ? { timm: "lcnet_100" } : {},
    layouts: ["timm"],
    ...forImageNet,
    source: "Cui et al. 2021, PP-LCNet",
  };
}

/** The networks of inverted residuals by their plain names. */
export const invertedRows = {
  "plain-mobilenet-v3-large": mobileV3("large", 1),
  "plain-mobilenet-v3-large-075": mobileV3("large", 0.75),
  "plain-mobilenet-v3-small": mobileV3("small", 1),
  "plain-mobilenet-v3-small-075": mobileV3("small", 0.75),
  "plain-mobilenet-v3-tiny": mobileTiny,
  "plain-efficientnet-b0": efficientNet("b0", [1, 1, 224]),
  "plain-efficientnet-b1": efficientNet("b1", [1, 1.1, 240]),
  "plain-efficientnet-b2": efficientNet("b2", [1.1, 1.2, 260]),
  "plain-efficientnet-b3": efficientNet("b3", [1.2, 1.4, 300]),
  "plain-efficientnet-b4": efficientNet("b4", [1.4, 1.8, 380]),
  "plain-efficientnet-v2-s": {
    ...efficient,
    seName: "efficientnet-v2-s",
    firstStage: 1,
    stem: 24,
    stages: [
      [fused(1, 1, 24, 2)],
      [fused(2, 4, 48, 4)],
      [fused(2, 4, 64, 4)],
      [inverted(3, 2, 4, 128, { count: 6, se })],
      [inverted(3, 1, 6, 160, { count: 9, se })],
      [inverted(3, 2, 6, 256, { count: 15, se })],
    ],
    torchvisionEpsilon: 1e-3,
    imageSize: 384,
    published: {
      torchvision: "efficientnet_v2_s",
      timm: "efficientnetv2_s",
      "timm-tf": "tf_efficientnetv2_s",
    },
    layouts: ["torchvision", "timm", "timm-tf"],
    source: "Tan & Le 2021, table 4, and the channels of their code",
  },
  // The family's own plain form, without SE and with ReLU6 for kernels that know no sigmoid.
  "efficientnet-lite0": {
    ...efficient,
    activation: "relu6",
    se: { reduction: 4 },
    published: { timm: "efficientnet_lite0", "timm-tf": "tf_efficientnet_lite0" },
    layouts: ["timm", "timm-tf"],
    source: "EfficientNet-Lite, 2020, of TensorFlow's tpu repository",
  },
  "plain-mnasnet-a1": {
    ...efficient,
    seName: "mnasnet-a1",
    firstStage: 1,
    stages: [
      [separable(3, 1, 16)],
      [inverted(3, 2, 6, 24, { count: 2 })],
      [inverted(5, 2, 3, 40, { count: 3, se })],
      [inverted(3, 2, 6, 80, { count: 4 })],
      [inverted(3, 1, 6, 112, { count: 2, se })],
      [inverted(5, 2, 6, 160, { count: 3, se })],
      [inverted(3, 1, 6, 320)],
    ],
    activation: "relu",
    se: { reduction: 4 },
    published: { timm: "semnasnet_100" },
    layouts: ["timm"],
    source: "Tan et al. 2019, figure 7",
  },
  "plain-pp-lcnet": lcNet(1),
  "plain-pp-lcnet-025": lcNet(0.25),
} as const satisfies Readonly<Record<string, InvertedRow>>;
