export const squeezes = ["avg", "max", "none"] as const;
export const gates = ["sigmoid", "tanh", "relu", "hard-sigmoid"] as const;
export const seActivations = ["relu", "silu", "hard-swish"] as const;
export const places = ["standard", "pre", "post", "identity", "conv3x3"] as const;

/** The way that the map is pooled (SENet v4, table 11); `none` keeps the map whole (table 16). */
export type Squeeze = (typeof squeezes)[number];

/**
 * The non-linearity that gives the gate (SENet v4, table 12). `hard-sigmoid` is MobileNetV3's,
 * `min(max(x / 6 + 1 / 2, 0), 1)` (Howard et al. 2019, section 5.2).
 */
export type Gate = (typeof gates)[number];

/** The non-linearity between the two layers of SE; the paper's is ReLU, EfficientNet's SiLU. */
export type SeActivation = (typeof seActivations)[number];

/**
 * The place of SE in a residual block (SENet v4, tables 14 and 15): `standard`
 * on the branch before the sum, `pre` before the branch's first convolution
 * (the shortcut takes the unscaled input), `post` after the sum and its ReLU,
 * `identity` on the shortcut, `conv3x3` after the first 3x3 convolution's ReLU.
 */
export type SePlace = (typeof places)[number];

export interface SeOptions {
  /** The channels divided by the width of the bottleneck, "r" in the paper; default 16, or as the row has it. */
  readonly reduction: number;
  readonly squeeze: Squeeze;
  readonly gate: Gate;
  /** The non-linearity between the two layers; default ReLU. */
  readonly activation: SeActivation;
  readonly place: SePlace;
  /** The stages that have SE, ascending, numbered as in the paper (table 13), or null for all. */
  readonly stages: readonly number[] | null;
  /**
   * Whether the two layers of SE have biases. The released weights have them; the
   * paper's ablations leave them out (section 6).
   */
  readonly bias: boolean;
}

/** SE as the paper proposes it and as its authors released it. */
export const standardSe: SeOptions = {
  reduction: 16,
  squeeze: "avg",
  gate: "sigmoid",
  activation: "relu",
  place: "standard",
  stages: null,
  bias: true,
};
