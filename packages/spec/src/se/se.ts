import { InputError } from "../error/input-error.ts";
import { type GraphBuilder, layersAt, square } from "../graph/graph-builder.ts";
import type { Node } from "../graph/network.ts";
import type { Op } from "../graph/op.ts";
import { type Gate, gates, type SeActivation, type SeOptions } from "./options.ts";

export * from "./options.ts";

/** The operator of each gate. */
export const gateOps = {
  sigmoid: { kind: "sigmoid" },
  tanh: { kind: "tanh" },
  relu: { kind: "relu" },
  "hard-sigmoid": { kind: "hardSigmoid", alpha: 1 / 6, beta: 0.5 },
} as const satisfies Readonly<Record<Gate, Op>>;

/** The gate that an operator is, or null if no gate is written so. */
export function gateOf(op: Op): Gate | null {
  return gates.find((gate) => gateOps[gate].kind === op.kind) ?? null;
}

const activationOps: Readonly<Record<SeActivation, Op>> = {
  relu: { kind: "relu" },
  silu: { kind: "silu" },
  "hard-swish": { kind: "hardSwish" },
};

/**
 * The way that the width of the bottleneck is rounded. The release has `floor`;
 * `divisible-by-8` is timm's `make_divisible(C / r, 8, round_limit=0)`. `multiple-of-8` and
 * `multiple-of-4` go to the nearest multiple too, but to the next one above where the nearest
 * is smaller by more than a tenth, as `wholeMultiple` does.
 */
export type WidthRounding = "floor" | "divisible-by-8" | "multiple-of-8" | "multiple-of-4";

const bottleneckWidths: Readonly<Record<WidthRounding, (exact: number) => number>> = {
  floor: Math.floor,
  "divisible-by-8": (exact) => nearestMultiple(exact, 8),
  "multiple-of-8": (exact) => wholeMultiple(exact, 8),
  "multiple-of-4": (exact) => wholeMultiple(exact, 4),
};

function nearestMultiple(exact: number, divisor: number): number {
  return Math.max(divisor, Math.floor((exact + divisor / 2) / divisor) * divisor);
}

/**
 * The multiple of a divisor that is nearest to a number of channels, or the next one above
 * where the nearest is smaller by more than a tenth: the rule of MobileNets, which nobody has
 * published but in code (`make_divisible`).
 */
export function wholeMultiple(exact: number, divisor: number): number {
  const nearest = nearestMultiple(exact, divisor);
  return nearest < 0.9 * exact ? nearest + divisor : nearest;
}

export interface SeAttachment extends Pick<
  SeOptions,
  "reduction" | "squeeze" | "gate" | "activation" | "bias"
> {
  readonly rounding: WidthRounding;
  /** The channels that are divided by r; default: those of the map. */
  readonly dividend?: number;
  readonly stage: number;
  readonly block: number;
  /** The first part of the parameters' names: "layer1.0.se". */
  readonly prefix: string;
  /** The next part of the parameters' names, for each of the two layers. */
  readonly layerNames: readonly [first: string, second: string];
}

/**
 * Attaches squeeze-and-excitation to any feature map (SENet v4, section 3), in
 * the canonical form: pool, 1x1 convolution, activation, 1x1 convolution, gate, product.
 */
export function attachSe(builder: GraphBuilder, map: Node, se: SeAttachment): Node {
  const channels = map.shape[0];
  const dividend = se.dividend ?? channels;
  const width = bottleneckWidths[se.rounding](dividend / se.reduction);
  if (width < 1) {
    throw new InputError(
      `r=${se.reduction} leaves no channel of the ${dividend} in stage ${se.stage}`,
      { remedy: `choose r of at most ${dividend}, or leave that stage out with stages=...` },
    );
  }
  const at = { stage: se.stage, block: se.block };
  const excite = layersAt(builder, { role: "excite", ...at });
  const squeezed = squeeze(builder, map, se);
  const layer = { kernel: square(1), bias: se.bias };
  const first = excite.conv(squeezed, {
    ...layer,
    outChannels: width,
    local: "fc1",
    prefix: `${se.prefix}.${se.layerNames[0]}`,
  });
  const activation = activationOps[se.activation];
  const hidden = excite.op(activation, first, activation.kind);
  const logits = excite.conv(hidden, {
    ...layer,
    outChannels: channels,
    local: "fc2",
    prefix: `${se.prefix}.${se.layerNames[1]}`,
  });
  const gate = excite.op(gateOps[se.gate], logits, "gate");
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
