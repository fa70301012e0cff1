/** Height and width, in pixels. */
export type Size = readonly [height: number, width: number];

/** The padding of a window on each side, in pixels. */
export type Pads = readonly [top: number, left: number, bottom: number, right: number];

/** A window that slides over a feature map. */
export interface Window {
  readonly kernel: Size;
  readonly stride: Size;
  readonly pads: Pads;
}

/** 2-D cross-correlation, depthwise if `groups` equals the input's channels. */
export interface Conv2d extends Window {
  readonly kind: "conv2d";
  readonly outChannels: number;
  readonly groups: number;
}

/**
 * A convolution whose output channels are scaled by a gate: `gate * (conv(map) + bias)`, of
 * a map `[C, H, W]` and then a gate `[outChannels, 1, 1]`. The gate of one image scales the
 * weights, so a batch has one image. The operator always has a bias.
 */
export interface GatedConv2d extends Window {
  readonly kind: "gatedConv2d";
  readonly outChannels: number;
  readonly groups: number;
  /**
   * The side of the weights that the gate scales: the inputs, whose bias stays as it is, or by
   * default the outputs with their bias. Inputs may be scaled in a 1x1 convolution without groups,
   * and in a depthwise one of as many outputs as inputs.
   */
  readonly scales?: "inputs";
}

/** Makes a map `[C, height, width]` of a map `[C, 1, 1]`, each value repeated over its channel. */
export interface Upsample {
  readonly kind: "upsample";
  readonly size: Size;
}

/** Maximum pooling. Padding never wins a maximum. */
export interface MaxPool extends Window {
  readonly kind: "maxPool";
  /** Whether the last window may hang over the padded edge, as in Caffe and PyTorch's `ceil_mode`. */
  readonly ceil: boolean;
}

/** Average pooling. */
export interface AvgPool extends Window {
  readonly kind: "avgPool";
  /** Whether the last window may hang over the padded edge, as in Caffe and PyTorch's `ceil_mode`. */
  readonly ceil: boolean;
  /** Whether the divisor counts padding, as it does in Caffe's AVE pooling. */
  readonly countIncludePad: boolean;
}

/** Inference-mode batch normalisation: `(x - mean) / sqrt(variance + epsilon) * weight + bias`. */
export interface BatchNorm {
  readonly kind: "batchNorm";
  readonly epsilon: number;
}

/** A fully connected layer over a vector. */
export interface Dense {
  readonly kind: "dense";
  readonly units: number;
}

/** `min(max(alpha * x + beta, 0), 1)`: a sigmoid of three straight lines. */
export interface HardSigmoid {
  readonly kind: "hardSigmoid";
  readonly alpha: number;
  readonly beta: number;
}

/** `min(max(x, min), max)`; from 0 to 6 it is ReLU6. */
export interface Clip {
  readonly kind: "clip";
  readonly min: number;
  readonly max: number;
}

/** Addition of a constant, as hard-swish has it where it is written in four operators. */
export interface OffsetBy {
  readonly kind: "offsetBy";
  readonly offset: number;
}

/** Division by a constant, as hard-swish has it where it is written in four operators. */
export interface DivideBy {
  readonly kind: "divideBy";
  readonly divisor: number;
}

/** Multiplication by a constant, which Inception-ResNet applies to its residual branches. */
export interface ScaleBy {
  readonly kind: "scaleBy";
  readonly factor: number;
}

/** ShuffleNet's channel shuffle: `[groups, C / groups]` transposed to `[C / groups, groups]`. */
export interface ChannelShuffle {
  readonly kind: "channelShuffle";
  readonly groups: number;
}

/** Operators without attributes. */
export type PlainKind =
  | "input"
  | "relu"
  | "sigmoid"
  | "tanh"
  /** `x * sigmoid(x)`, which its second authors called swish. */
  | "silu"
  /** `x * min(max(x / 6 + 1 / 2, 0), 1)` (Howard et al. 2019, section 5.2). */
  | "hardSwish"
  /** Averages each channel: `[C, H, W]` to `[C, 1, 1]`. */
  | "globalAvgPool"
  | "globalMaxPool"
  /** Averages as `globalAvgPool` does, for engines that have one operator to pool and another to reduce. */
  | "reduceMean"
  /** Adds two or more inputs of the same shape. */
  | "add"
  /** Multiplies two inputs of the same shape, or a map `[C, H, W]` and then a gate `[C, 1, 1]`. */
  | "mul"
  /** Joins two or more maps along channels. */
  | "concat"
  /** Makes a vector `[C * H * W]` of a map `[C, H, W]`. */
  | "flatten"
  /** Makes a map `[C, 1, 1]` of a vector `[C]`. */
  | "unflatten";

export type Plain = { [Kind in PlainKind]: { readonly kind: Kind } }[PlainKind];

export type Op =
  | Conv2d
  | GatedConv2d
  | Upsample
  | MaxPool
  | AvgPool
  | BatchNorm
  | Dense
  | HardSigmoid
  | Clip
  | OffsetBy
  | DivideBy
  | ScaleBy
  | ChannelShuffle
  | Plain;

export type OpKind = Op["kind"];

/** The operator of one kind, with its attributes. */
export type OpOf<Kind extends OpKind> = Extract<Op, { readonly kind: Kind }>;

/**
 * The parameters that an operator can have. For `conv2d`: `weight`
 * `[out, in / groups, height, width]` and, if it has one, `bias` `[out]`. For
 * `dense`: `weight` `[out, in]` and, if it has one, `bias` `[out]`. For
 * `batchNorm`: all four, each `[channels]`.
 */
export type ParameterSlot = "weight" | "bias" | "mean" | "variance";
