import {
  elementCount,
  type Gate,
  type Network,
  type Node,
  type Op,
  type OpKind,
  type OpOf,
  type ParameterSlot,
} from "@sebench/spec";
import { type Part, partsOf } from "./part.ts";

/** The range of values that are uniform from `centre - spread` to `centre + spread`. */
export interface Range {
  readonly centre: number;
  readonly spread: number;
}

interface Expectation {
  readonly moment: Moment;
  readonly ranges?: Readonly<Partial<Record<ParameterSlot, Range>>>;
}

interface Context {
  readonly node: Node;
  readonly part: Part;
  /** The moment of each input; empty for the operator `input` alone. */
  readonly inputs: readonly [Moment, ...Moment[]];
  /** The number of channels of each input. */
  readonly channels: readonly number[];
}

/**
 * The range of every parameter, by the parameter's name. The ranges are such that
 * activations stay of order 1 from the image to the logits, however deep the network:
 *
 * - `conv2d` and `dense` are drawn as He et al. 2015 do (uniform, `sqrt(6 / fanIn)`).
 * - The mean square of the activations is followed through the graph, and a batch
 *   norm's variance is the mean square expected there. All four parameters of a batch
 *   norm vary from channel to channel, so that a mistake in any of them shows.
 * - The last batch norm of a residual branch, or the branch's last convolution if no
 *   batch norm follows, is small (compare Goyal et al. 2017, section 5.1, who begin at
 *   zero), so that sums grow slowly with depth.
 * - The layers of an excitation are scaled so that the gates differ from channel to
 *   channel and follow the squeezed values. By He's rule alone every gate would be close
 *   to 0.5, and mistakes in SE would hide.
 * - The layer of the logits is scaled so that the logits are of order 3.
 *
 * A gate counts as 1 when the mean square is followed, so that the plain counterpart's
 * parameters have the same ranges. The price is that gates on the shortcut
 * (`place=post`, `place=identity`) dim in each block what is left of the image, and deep
 * logits depend on the parameters more than on the image.
 */
export function initialRanges(network: Network): ReadonlyMap<string, Range> {
  const parts = partsOf(network);
  const ranges = new Map<string, Range>();
  const seen = new Map<string, { moment: Moment; channels: number }>();
  for (const node of network.nodes) {
    const inputs = node.inputs.map((name) => seen.get(name)!);
    const { moment, ranges: own = {} } = ruleOf(node.op)(node.op, {
      node,
      part: parts.get(node.name) ?? { kind: "plain" },
      inputs: inputs.map((input) => input.moment) as [Moment, ...Moment[]],
      channels: inputs.map((input) => input.channels),
    });
    seen.set(node.name, { moment, channels: node.shape[0] });
    for (const [slot, range] of Object.entries(own) as [ParameterSlot, Range][]) {
      const parameter = node.parameters[slot];
      if (parameter && !ranges.has(parameter.name)) ranges.set(parameter.name, range);
    }
  }
  return ranges;
}

type Rule<O extends Op> = (op: O, context: Context) => Expectation;

/** The expectation of every kind of operator; a new kind does not compile until it has one here. */
const rules: { readonly [Kind in OpKind]: Rule<OpOf<Kind>> } = {
  // Images are normalised to mean 0 and standard deviation 1.
  input: () => ({ moment: { symmetric: 1, positive: 0 } }),
  conv2d: layer,
  gatedConv2d: layer,
  dense: layer,
  batchNorm,
  relu: rectified,
  sigmoid: () => ({ moment: { symmetric: 0, positive: 0.3 } }),
  tanh: () => ({ moment: { symmetric: 0.4, positive: 0 } }),
  hardSigmoid: () => ({ moment: { symmetric: 0, positive: 0.3 } }),
  silu: smoothlyRectified,
  hardSwish: smoothlyRectified,
  clip: rectified,
  // The factors of pools lie between those of equal and of independent neighbours.
  maxPool: (_op, { inputs: [input] }) => ({
    moment: { symmetric: 0, positive: 2 * meanSquare(input) },
  }),
  avgPool: (_op, { inputs: [input] }) => ({ moment: scaled(input, 0.7) }),
  globalAvgPool: (_op, { inputs: [input] }) => ({ moment: scaled(input, 0.4) }),
  reduceMean: (_op, { inputs: [input] }) => ({ moment: scaled(input, 0.4) }),
  globalMaxPool: (_op, { inputs: [input] }) => ({
    moment: { symmetric: 0, positive: 3 * meanSquare(input) },
  }),
  add: (_op, { inputs }) => ({ moment: weightedSum(inputs, () => 1) }),
  mul: (_op, { inputs: [map] }) => ({ moment: map }),
  concat: (_op, { inputs, channels, node }) => ({
    moment: weightedSum(inputs, (index) => channels[index]! / node.shape[0]),
  }),
  scaleBy: (op, { inputs: [input] }) => ({ moment: scaled(input, op.factor * op.factor) }),
  divideBy: (op, { inputs: [input] }) => ({ moment: scaled(input, 1 / op.divisor ** 2) }),
  offsetBy: (op, { inputs: [{ symmetric, positive }] }) => ({
    moment: { symmetric, positive: positive + op.offset * op.offset },
  }),
  channelShuffle: unchanged,
  upsample: unchanged,
  flatten: unchanged,
  unflatten: unchanged,
};

function ruleOf(op: Op): Rule<Op> {
  return rules[op.kind] as Rule<Op>;
}

/** A clip cuts off what is negative, too, and leaves most of the rest. */
function rectified(_op: Op, { inputs: [{ symmetric, positive }] }: Context): Expectation {
  return { moment: { symmetric: 0, positive: positive + symmetric / 2 } };
}

/** The mean square of SiLU and hard-swish of a normal value is 0.36 and 0.34. */
function smoothlyRectified(_op: Op, { inputs: [{ symmetric, positive }] }: Context): Expectation {
  return { moment: { symmetric: 0, positive: 0.7 * positive + 0.35 * symmetric } };
}

function unchanged(_op: Op, { inputs: [input] }: Context): Expectation {
  return { moment: input };
}

/** The factor of the end of a residual branch. */
const damping = 0.35;

/** The mean square of what a hidden layer of an excitation adds to its bias. */
const hiddenSquare = 0.6;

/** The mean square of the logits. */
const logitSquare = 9;

/**
 * The mean of a gate's inputs, and the standard deviation that the hidden layer gives
 * them. The mean square of the gates is about 0.6 for each kind: far enough from 0 for
 * a deep network, and below 1, above which a ReLU's gates, which grow with the map that
 * they multiply, would let the map run away.
 */
const gateInputs: Readonly<Record<Gate, { readonly mean: number; readonly deviation: number }>> = {
  sigmoid: { mean: 2, deviation: 2.5 },
  tanh: { mean: 1.25, deviation: 1.25 },
  relu: { mean: 0.7, deviation: 0.35 },
  "hard-sigmoid": { mean: 1.5, deviation: 2 },
};

function layer(_op: Op, { node, part, inputs: [input] }: Context): Expectation {
  const fanIn = elementCount(node.parameters.weight?.shape.slice(1) ?? []);
  /** The range of weights that gives the output this mean square, its bias aside. */
  const weightFor = (square: number) =>
    around(0, Math.sqrt((3 * square) / (fanIn * meanSquare(input))));
  switch (part.kind) {
    case "hidden":
      return {
        moment: { symmetric: hiddenSquare, positive: node.parameters.bias ? 1 : 0 },
        // The bias keeps the ReLU open, even if there is only one hidden channel.
        ranges: { weight: weightFor(hiddenSquare), bias: around(1, 0.25) },
      };
    case "gate": {
      const { mean, deviation } = gateInputs[part.gate];
      const square = deviation * deviation;
      return {
        moment: { symmetric: square, positive: mean * mean },
        ranges: { weight: weightFor(square), bias: around(mean, 0.9 * deviation) },
      };
    }
    case "logits":
      return {
        moment: { symmetric: logitSquare, positive: 0 },
        ranges: { weight: weightFor(logitSquare), bias: around(0, 0.5) },
      };
    case "plain":
    case "damped": {
      const gain = part.kind === "damped" ? damping : 1;
      return {
        moment: { symmetric: 2 * gain * gain * meanSquare(input), positive: 0 },
        ranges: {
          weight: around(0, gain * Math.sqrt(6 / fanIn)),
          bias: around(0, 0.25 * Math.sqrt(meanSquare(input))),
        },
      };
    }
  }
}

function batchNorm(_op: Op, { part, inputs: [input] }: Context): Expectation {
  const square = meanSquare(input);
  const weight = part.kind === "damped" ? damping : 1;
  return {
    moment: { symmetric: weight * weight, positive: 0 },
    ranges: {
      weight: around(weight, 0.25 * weight),
      bias: around(0, 0.2 * weight),
      mean: around(0, 0.2 * Math.sqrt(square)),
      // 1.08 offsets what the spread of the four adds to the mean square of the output.
      variance: around(1.08 * square, 0.3 * square),
    },
  };
}

function around(centre: number, spread: number): Range {
  return { centre, spread };
}

/**
 * The mean square expected of the values that a node gives, over channels, positions,
 * images and draws of the weights. It has two parts, since a ReLU halves the one and
 * keeps the other.
 */
interface Moment {
  /** The part of values that are negative as often as positive. */
  readonly symmetric: number;
  /** The part of values that are never negative. */
  readonly positive: number;
}

function meanSquare({ symmetric, positive }: Moment): number {
  return symmetric + positive;
}

/** Multiplies both parts by a factor. */
function scaled({ symmetric, positive }: Moment, factor: number): Moment {
  return { symmetric: symmetric * factor, positive: positive * factor };
}

function weightedSum(moments: readonly Moment[], weightOf: (index: number) => number): Moment {
  const sum = { symmetric: 0, positive: 0 };
  for (const [index, moment] of moments.entries()) {
    const { symmetric, positive } = scaled(moment, weightOf(index));
    sum.symmetric += symmetric;
    sum.positive += positive;
  }
  return sum;
}
