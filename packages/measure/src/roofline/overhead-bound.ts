import type { Precision } from "@sebench/runtime";
import {
  countMacs,
  countParameters,
  type Network,
  type Conv2d,
  elementCount,
  type Excitation,
  excitationsOf,
  isMap,
  type Node,
} from "@sebench/spec";
import type { Member } from "../measurement/measurement.ts";

/** The most that a runtime can do in a second, on a machine and with a number of threads. */
export interface Roofline {
  /** The most multiply-accumulates in a second, or 0 if they could not be told. */
  readonly peakMacsPerSecond: number;
  /**
   * The most bytes of parameters in a second, read from wherever a network of this size
   * leaves them, or 0 if they could not be told.
   */
  readonly bytesPerSecond: number;
}

/** The least that SE can cost a runtime on a machine. */
export interface OverheadBound extends Roofline {
  /** The least ratio of SE's latency to plain's: 1.02 is an overhead of 2 %. */
  readonly ratio: number;
  /** The least that SE adds to the plain latency. */
  readonly milliseconds: number;
  /** The fewest multiply-accumulates that SE adds to a run. */
  readonly macs: number;
  /** The fewest bytes of parameters that SE adds to a run. */
  readonly bytes: number;
}

export interface BoundedCase {
  readonly batch: number;
  readonly precision: Precision;
  /** The measured latency of the plain network, for one run. */
  readonly plainMs: number;
}

/** The bytes of one parameter at each precision. */
export const bytesPerValue: Readonly<Record<Precision, number>> = { fp32: 4, fp16: 2, int8: 1 };

/**
 * The bound from the roofline of SE's least work (Williams, Waterman and Patterson
 * 2009, "Roofline"): each step takes as long as its multiply-accumulates at peak or its
 * bytes at full bandwidth, whichever is longer, and the steps follow each other.
 * What a kernel costs to start is left out, and so is whatever a runtime loses in
 * the plain part because SE stands in its way.
 *
 * A network that is itself faster than the roofline raises it: the plain latency
 * shows that the runtime can do at least as much.
 *
 * @param pair The networks of the pair, in canonical form.
 */
export function overheadBound(
  roofline: Roofline,
  pair: Readonly<Record<Member, Network>>,
  { batch, precision, plainMs }: BoundedCase,
): OverheadBound {
  const bytesEach = bytesPerValue[precision];
  const steps = leastSeWork(pair.se, { batch, bytesPerValue: bytesEach }).flat();
  const plain = {
    macs: batch * countMacs(pair.plain),
    bytes: bytesEach * countParameters(pair.plain),
  };
  return boundOfSteps(roofline, steps, plain, plainMs);
}

/**
 * The bound of steps of SE that follow each other.
 *
 * @param plain What the plain member computes and reads in a run.
 * @param plainMs The measured latency of the plain member, for one run.
 */
export function boundOfSteps(
  roofline: Roofline,
  steps: readonly StepWork[],
  plain: StepWork,
  plainMs: number,
): OverheadBound {
  const perSecond = (work: number) => (1000 * work) / plainMs;
  const peakMacsPerSecond = Math.max(roofline.peakMacsPerSecond, perSecond(plain.macs));
  const bytesPerSecond = Math.max(roofline.bytesPerSecond, perSecond(plain.bytes));
  const sum = (of: (step: StepWork) => number) =>
    steps.reduce((total, step) => total + of(step), 0);
  const milliseconds =
    1000 * sum(({ macs, bytes }) => Math.max(macs / peakMacsPerSecond, bytes / bytesPerSecond));
  return {
    ratio: 1 + milliseconds / plainMs,
    milliseconds,
    macs: sum(({ macs }) => macs),
    bytes: sum(({ bytes }) => bytes),
    peakMacsPerSecond,
    bytesPerSecond,
  };
}

/** One step of SE: a kernel that computes and reads its parameters at the same time. */
export interface StepWork {
  /** The multiply-accumulates, or sums, of the whole batch. */
  readonly macs: number;
  /** The bytes of parameters, which are read once for the whole batch. */
  readonly bytes: number;
}

/** The size of a run: its images, and the bytes of one parameter. */
export interface RunSize {
  readonly batch: number;
  readonly bytesPerValue: number;
}

/**
 * The least that each block's SE adds to a run, step by step, under the best exact
 * rewrite known. The steps of a block wait for each other: the second layer needs
 * all of the first, and the product all of the gate. The count assumes:
 *
 * - Maps are in registers or caches where SE meets them: the pool's sums are taken
 *   while the map is written, the product while it is finished. So no map costs a
 *   byte, and parameters alone do.
 * - What comes out of a 1x1 convolution is pooled before it, and the convolution is
 *   folded into the first layer (the lowering `squeeze-fold`), where that makes the
 *   layer smaller: to a quarter, in a bottleneck.
 * - Where the product goes straight into a residual sum, both are one
 *   multiply-accumulate, as the sum alone is, and the product costs nothing.
 *   Elsewhere the product is one for each element, or, for one image behind a 1x1
 *   convolution or before any convolution, one for each of that convolution's weights, if
 *   those are fewer.
 * - ReLU and gate, on C values, cost nothing.
 *
 * @param network The network, in canonical form.
 * @returns The steps of each block from the image to the logits; none if the network has no SE.
 */
export function leastSeWork(network: Network, size: RunSize): readonly (readonly StepWork[])[] {
  const nodes = new Map(network.nodes.map((node) => [node.name, node]));
  const before = (node: Node): Node => nodes.get(node.inputs[0]!)!;
  return excitationsOf(network).map((excitation) => blockWork(network, excitation, before, size));
}

type Before = (node: Node) => Node;

function blockWork(
  network: Network,
  { gate, layer }: Excitation,
  before: Before,
  { batch, bytesPerValue: bytesEach }: RunSize,
): StepWork[] {
  const scale = network.nodes.find(
    ({ role, inputs }) => role === "scale" && inputs[1] === gate.name,
  )!;
  const map = before(scale);
  const first = before(before(layer));
  const pooled = first.inputs[0] !== map.name;
  const averaged = !pooled || before(first).op.kind === "globalAvgPool";
  const source = averaged ? linearSource(map, before) : null;
  const channels = Math.min(map.shape[0], source?.shape[0] ?? Infinity);
  const pixels = isMap(map.shape) ? map.shape[1] * map.shape[2] : 1;
  // Each layer runs on one pooled pixel, or on all of them (`squeeze=none`).
  const positions = batch * (pooled ? 1 : pixels);
  const layerWork = (node: Node, inputs: number): StepWork => {
    const weights = node.shape[0] * inputs;
    const bias = node.parameters.bias || inputs < channelsRead(node) ? node.shape[0] : 0;
    return { macs: positions * weights, bytes: (weights + bias) * bytesEach };
  };
  return [
    { macs: pooled ? batch * pixels * channels : 0, bytes: 0 },
    layerWork(first, channels),
    layerWork(layer, channelsRead(layer)),
    { macs: productMacs(network, scale, source, batch), bytes: 0 },
  ];
}

/** The channels that a 1x1 convolution or a dense layer reads. */
function channelsRead({ parameters }: Node): number {
  return parameters.weight!.shape[1]!;
}

/**
 * The node that a 1x1 convolution reads to give `map`, with nothing but a batch norm
 * between: the mean of that node, convolved, is the mean of `map`. It is null if `map`
 * comes from anything else.
 */
function linearSource(map: Node, before: Before): Node | null {
  const layer = map.op.kind === "batchNorm" ? before(map) : map;
  return layer.op.kind === "conv2d" && isPointwise(layer.op) ? before(layer) : null;
}

/**
 * Whether a convolution is 1x1, at any stride, since the pool may skip the same pixels as
 * the convolution.
 */
function isPointwise({ kernel, pads, groups }: Conv2d): boolean {
  return [...kernel, groups].every((of) => of === 1) && pads.every((of) => of === 0);
}

/** The multiply-accumulates of the product of map and gate. */
function productMacs(network: Network, scale: Node, source: Node | null, batch: number): number {
  if (goesIntoSum(network, scale)) return 0;
  const elements = batch * elementCount(scale.shape);
  if (batch > 1) return elements;
  const before = source === null ? Infinity : scale.shape[0] * source.shape[0];
  return Math.min(elements, before, weightsAfter(network, scale));
}

/** The weights of the convolution that alone reads a node, or infinity where none does. */
function weightsAfter(network: Network, node: Node): number {
  const [reader, ...others] = network.nodes.filter(({ inputs }) => inputs.includes(node.name));
  if (reader?.op.kind !== "conv2d" || others.length > 0) return Infinity;
  return elementCount(reader.parameters.weight!.shape);
}

/**
 * Whether a node goes straight into a sum, or by way of a constant factor, which can be
 * folded into the weights.
 */
function goesIntoSum(network: Network, node: Node): boolean {
  const readers = network.nodes.filter(({ inputs }) => inputs.includes(node.name));
  const [reader] = readers;
  if (reader === undefined || readers.length > 1) return false;
  return reader.op.kind === "add" || (reader.op.kind === "scaleBy" && goesIntoSum(network, reader));
}
