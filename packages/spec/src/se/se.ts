import { InputError } from "../error/input-error.ts";
import { type GraphBuilder, layersAt, square } from "../graph/graph-builder.ts";
import type { Node } from "../graph/network.ts";

export const squeezes = ["avg", "max", "none"] as const;
export const gates = ["sigmoid", "tanh", "relu"] as const;
export const places = ["standard", "pre", "post", "identity", "conv3x3"] as const;

/** The way that the map is pooled (SENet v4, table 11); `none` keeps the map whole (table 16). */
export type Squeeze = (typeof squeezes)[number];

/** The non-linearity that gives the gate (SENet v4, table 12). */
export type Gate = (typeof gates)[number];

/**
 * The place of SE in a residual block (SENet v4, tables 14 and 15): `standard`
 * on the branch before the sum, `pre` before the branch's first convolution
 * (the shortcut takes the unscaled input), `post` after the sum and its ReLU,
 * `identity` on the shortcut, `conv3x3` after the first 3x3 convolution's ReLU.
 */
export type SePlace = (typeof places)[number];

export interface SeOptions {
  /** The channels divided by the width of the bottleneck, "r" in the paper; default 16. */
  readonly reduction: number;
  readonly squeeze: Squeeze;
  readonly gate: Gate;
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
  place: "standard",
  stages: null,
  bias: true,
};

/**
 * The way that the width of the bottleneck is rounded. The release has `floor`;
 * `divisible-by-8` is timm's `make_divisible(C / r, 8, round_limit=0)`.
 */
export type WidthRounding = "floor" | "divisible-by-8";

const bottleneckWidths: Readonly<Record<WidthRounding, (exact: number) => number>> = {
  floor: Math.floor,
  "divisible-by-8": (exact) => Math.max(8, Math.floor((exact + 4) / 8) * 8),
};

export interface SeAttachment extends Pick<SeOptions, "reduction" | "squeeze" | "gate" | "bias"> {
  readonly rounding: WidthRounding;
  readonly stage: number;
  readonly block: number;
  /** The first part of the parameters' names: "layer1.0.se". */
  readonly prefix: string;
}

/**
 * Attaches squeeze-and-excitation to any feature map (SENet v4, section 3), in
 * the canonical form: pool, 1x1 convolution, ReLU, 1x1 convolution, gate, product.
 */
export function attachSe(builder: GraphBuilder, map: Node, se: SeAttachment): Node {
  const channels = map.shape[0];
  const width = bottleneckWidths[se.rounding](channels / se.reduction);
  if (width < 1) {
    throw new InputError(
      `r=${se.reduction} leaves no channel of the ${channels} in stage ${se.stage}`,
      { remedy: `choose r of at most ${channels}, or leave that stage out with stages=...` },
    );
  }
  const at = { stage: se.stage, block: se.block };
  const excite = layersAt(builder, { role: "excite", ...at });
  const squeezed = squeeze(builder, map, se);
  const layer = { kernel: square(1), bias: se.bias };
  const hidden = excite.apply(
    "relu",
    [
      excite.conv(squeezed, {
        ...layer,
        outChannels: width,
        local: "fc1",
        prefix: `${se.prefix}.fc1`,
      }),
    ],
    "relu",
  );
  const logits = excite.conv(hidden, {
    ...layer,
    outChannels: channels,
    local: "fc2",
    prefix: `${se.prefix}.fc2`,
  });
  const gate = excite.apply(se.gate, [logits], `gate`);
  return layersAt(builder, { role: "scale", ...at }).apply("mul", [map, gate], "mul");
}

function squeeze(builder: GraphBuilder, map: Node, se: SeAttachment): Node {
  const layers = layersAt(builder, { role: "squeeze", stage: se.stage, block: se.block });
  switch (se.squeeze) {
    case "avg":
      return layers.apply("globalAvgPool", [map], "pool");
    case "max":
      return layers.apply("globalMaxPool", [map], "pool");
    case "none":
      return map;
  }
}
