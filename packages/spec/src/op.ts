import type { Pads, Size } from "./shape.ts";

/** A window that slides over a feature map. */
export interface Window {
  readonly kernel: Size;
  readonly stride: Size;
  readonly pads: Pads;
}

/** 2-D cross-correlation. `groups` equal to the input's channels makes it depthwise. */
export interface Conv2d extends Window {
  readonly kind: "conv2d";
  readonly outChannels: number;
  readonly groups: number;
}

/**
 * A convolution whose output channels are scaled by a gate: `gate * (conv(map) + bias)`, of
 * a map `[C, H, W]` and then a gate `[outChannels, 1, 1]`. The gate scales the weights, and
 * they are of one image: it takes batches of 1. It always has a bias.
 */
export interface GatedConv2d extends Window {
  readonly kind: "gatedConv2d";
  readonly outChannels: number;
  readonly groups: number;
}

/** A map `[C, 1, 1]` to `[C, height, width]`, each value repeated. */
export interface Upsample {
  readonly kind: "upsample";
  readonly size: Size;
}

/**
 * Pooling. Padding never wins a maximum. With `ceil`, the last window may hang
 * over the padded edge, as in Caffe and in PyTorch's `ceil_mode`.
 */
export interface MaxPool extends Window {
  readonly kind: "maxPool";
  readonly ceil: boolean;
}

/** With `countIncludePad` the divisor counts padding, as Caffe's AVE pooling does. */
export interface AvgPool extends Window {
  readonly kind: "avgPool";
  readonly ceil: boolean;
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

/** Multiplies by a constant, as Inception-ResNet does with its residual branches. */
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
  /** Pools each channel to one value: `[C, H, W]` to `[C, 1, 1]`. */
  | "globalAvgPool"
  | "globalMaxPool"
  /** As `globalAvgPool`, for engines that have one operator to pool and another to reduce. */
  | "reduceMean"
  /** Two or more inputs of the same shape. */
  | "add"
  /** Two inputs of the same shape, or a map `[C, H, W]` and then a gate `[C, 1, 1]`. */
  | "mul"
  /** Two or more maps, joined along channels. */
  | "concat"
  /** `[C, H, W]` to `[C * H * W]`. */
  | "flatten"
  /** `[C]` to `[C, 1, 1]`. */
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
  | ScaleBy
  | ChannelShuffle
  | Plain;

export type OpKind = Op["kind"];

/** The operator of one kind, with its attributes. */
export type OpOf<Kind extends OpKind> = Extract<Op, { readonly kind: Kind }>;
