import { isMap, type Network, type Node } from "@sebench/spec";
import type { Weights } from "@sebench/weights";
import { type ChangeValues, type EvaluatedNode, evaluateNodes } from "./run-reference.ts";

/** The largest finite half. */
export const largestHalf = 65_504;

const bits = new DataView(new ArrayBuffer(8));

/** 2^exponent of the last place of a half of the size of a value: 2^-24 at least. */
function lastPlace(value: number): number {
  bits.setFloat64(0, value);
  const exponent = ((bits.getUint32(0) >>> 20) & 0x7ff) - 1023;
  return 2 ** (Math.max(exponent, -14) - 10);
}

/**
 * Rounds to the nearest half (IEEE 754 binary16), ties to even, straight from float64; from 65,520
 * on the result is infinite.
 */
export function toHalf(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const magnitude = Math.abs(value);
  if (magnitude >= 65_520) return Math.sign(value) * Infinity;
  // Adding 1.5 * 2^52 last places leaves no room for what is below them.
  const large = 1.5 * 2 ** 52 * lastPlace(magnitude);
  const rounded = magnitude + large - large;
  return value < 0 ? -rounded : rounded;
}

/** Rounds every value to the nearest half. */
function toHalves(values: Float64Array): Float64Array {
  const rounded = new Float64Array(values.length);
  for (let at = 0; at < values.length; at++) rounded[at] = toHalf(values[at]!);
  return rounded;
}

/**
 * The orders in which engines add a map up: pixel after pixel, as a tree of pairs, or each row by
 * itself and then the rows' sums.
 */
export const sumOrders = ["sequential", "pairwise", "by rows"] as const;

export type SumOrder = (typeof sumOrders)[number];

type Sum = (halves: ArrayLike<number>, start: number, end: number, width: number) => number;

function sequential(halves: ArrayLike<number>, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at++) sum = toHalf(sum + halves[at]!);
  return sum;
}

function pairwise(halves: ArrayLike<number>, start: number, end: number): number {
  if (end - start === 1) return halves[start]!;
  const middle = start + Math.ceil((end - start) / 2);
  return toHalf(pairwise(halves, start, middle) + pairwise(halves, middle, end));
}

const byRows: Sum = (halves, start, end, width) => {
  const rows: number[] = [];
  for (let at = start; at < end; at += width) {
    rows.push(sequential(halves, at, Math.min(at + width, end)));
  }
  return sequential(rows, 0, rows.length);
};

const sums: Readonly<Record<SumOrder, Sum>> = { sequential, pairwise, "by rows": byRows };

/**
 * The sum of halves from `start` to before `end`, where every partial sum is rounded to a half.
 *
 * @param width the length of a row
 */
export function sumInHalf(
  halves: ArrayLike<number>,
  order: SumOrder,
  { start, end, width }: { readonly start: number; readonly end: number; readonly width: number },
): number {
  return sums[order](halves, start, end, width);
}

/** How the mean of a map is taken: with one rounding at its end, or with every partial sum rounded. */
export type MeanInHalf = "one rounding" | SumOrder;

/** The weights, each rounded to the nearest half. */
export function halfWeights(weights: Weights): Weights {
  return new Map(
    Array.from(weights, ([name, { shape, data }]) => [name, { shape, data: data.map(toHalf) }]),
  );
}

/**
 * Evaluates a network for one image with the result of every node rounded to a half. Layers add their
 * products up without rounding, as engines do that keep sums in float32. Means over whole maps, and
 * over the rows of a map in a squeeze, are taken as `mean` says.
 *
 * @param weights the weights, rounded by `halfWeights`
 */
export function evaluateInHalf(
  network: Network,
  weights: Weights,
  image: Float64Array,
  mean: MeanInHalf,
): Generator<EvaluatedNode> {
  const change: ChangeValues = (evaluated) =>
    mean !== "one rounding" && meanWidth(evaluated.node) !== null
      ? meansOf(evaluated, mean)
      : toHalves(evaluated.data);
  return evaluateNodes(network, weights, image, change);
}

/** Whether a node takes the means of whole maps, or in a squeeze of their rows; null where it does not. */
export function meanWidth({ op, role }: Pick<Node, "op" | "role">): "map" | "row" | null {
  if (op.kind === "globalAvgPool" || op.kind === "reduceMean") return "map";
  return op.kind === "avgPool" && role === "squeeze" ? "row" : null;
}

/** The means that a node takes of what it reads, summed and divided in halves. */
export function meansOf(
  { node, inputs }: Omit<EvaluatedNode, "data">,
  order: SumOrder,
): Float64Array {
  const [{ data, shape }] = inputs as [EvaluatedNode["inputs"][number]];
  if (!isMap(shape)) throw new Error(`${node.name} takes the mean of a vector`);
  const [, height, width] = shape;
  const length = meanWidth(node) === "row" ? width : height * width;
  return Float64Array.from({ length: data.length / length }, (_, index) => {
    const stretch = { start: index * length, end: (index + 1) * length, width };
    return toHalf(sumInHalf(data, order, stretch) / length);
  });
}
