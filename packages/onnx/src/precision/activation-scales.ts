import { InputError, type Network, type Node, type OpKind } from "@sebench/spec";

/**
 * The least and the greatest value that each node gave over some images, by the node's
 * name in the network with batch norms folded. Null keeps the node's value in floating point.
 */
export type ActivationRanges = Readonly<
  Record<string, readonly [least: number, greatest: number] | null>
>;

/** The scale of an activation `(q - zeroPoint) * scale`, with q in 0..255. */
export interface ActivationScale {
  readonly scale: number;
  readonly zeroPoint: number;
}

const levels = 255;

/** The operators that pass values on, for which a new scale would only round again. */
const passing: ReadonlySet<OpKind> = new Set(["maxPool", "flatten", "unflatten", "channelShuffle"]);

/** The operators that have a kernel in int8 which can give the result after a ReLU. */
const rectifiable: ReadonlySet<OpKind> = new Set(["conv2d", "gatedConv2d", "dense", "add", "mul"]);

/**
 * The scale of each value that is quantised. Values without a scale are the logits, which
 * the last layer's kernel gives in floating point, and values that only a ReLU or ReLU6 reads,
 * whose own range starts at 0 and so cuts off everything below.
 */
export function activationScales(
  network: Network,
  ranges: ActivationRanges,
): ReadonlyMap<string, ActivationScale> {
  const readers = readersOf(network);
  const scales = new Map<string, ActivationScale>();
  for (const node of network.nodes) {
    if (node.name === network.output || isForRectifier(node, readers.get(node.name))) continue;
    if (Object.hasOwn(ranges, node.name) && ranges[node.name] === null) continue;
    const inherited = passing.has(node.op.kind) ? scales.get(node.inputs[0]!) : undefined;
    scales.set(node.name, inherited ?? scaleOf(node, ranges, readers.get(node.name)));
  }
  return scales;
}

function readersOf({ nodes }: Network): Map<string, Node[]> {
  const readers = new Map<string, Node[]>();
  for (const node of nodes) {
    for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
  }
  return readers;
}

function isForRectifier({ op }: Node, readers: readonly Node[] = []): boolean {
  return rectifiable.has(op.kind) && readers.length === 1 && isRectifier(readers[0]!);
}

/** A ReLU, or a clip from 0, whose upper end is the end of its range too, or is never met. */
function isRectifier({ op }: Node): boolean {
  return op.kind === "relu" || (op.kind === "clip" && op.min === 0);
}

/**
 * Whether an operator gives nothing below 0 or above 1 whatever it reads, as gates do. Their scale
 * is 1/255, so that no image that was not seen is cut: it costs less than one decibel.
 */
function isGate({ op }: Node): boolean {
  if (op.kind === "sigmoid" || op.kind === "hardSigmoid") return true;
  return op.kind === "clip" && op.min === 0 && op.max === 1;
}

/**
 * The values between which an operator's result changes: all that lie beyond give what the nearer
 * end gives. A hard-swish gives 0 below -3, and a hard sigmoid 0 or 1 beyond both of its ends.
 */
function sensitiveTo({ op }: Node): readonly [least: number, greatest: number] {
  if (op.kind === "hardSwish") return [-3, Infinity];
  if (op.kind === "hardSigmoid" && op.alpha > 0) {
    return [-op.beta / op.alpha, (1 - op.beta) / op.alpha];
  }
  return [-Infinity, Infinity];
}

/**
 * A range without what none of its readers can tell apart, but for a level at each end: rounded to the
 * last level, a value must not come to lie where an operator's result has begun to change.
 */
function withinReach(
  [least, greatest]: readonly [least: number, greatest: number],
  readers: readonly Node[],
): readonly [least: number, greatest: number] {
  const reach = readers.map(sensitiveTo);
  const lower = Math.max(least, Math.min(...reach.map(([end]) => end)));
  const upper = Math.min(greatest, Math.max(...reach.map(([, end]) => end)));
  const level = (upper - lower) / (levels - 2);
  return [Math.max(least, lower - level), Math.min(greatest, upper + level)];
}

/**
 * The scale of a node's range, without what its readers cannot tell apart, and extended to 0, which
 * padding needs and which is always exact.
 */
function scaleOf(
  node: Node,
  ranges: ActivationRanges,
  readers: readonly Node[] = [],
): ActivationScale {
  const { name } = node;
  const seen = Object.hasOwn(ranges, name) ? ranges[name]! : ([NaN, NaN] as const);
  const [seenLeast, seenGreatest] = isGate(node) ? [0, 1] : withinReach(seen, readers);
  if (!Number.isFinite(seenLeast) || !Number.isFinite(seenGreatest)) {
    throw new InputError(`int8 needs the range of ${name}, and was given none`, {
      remedy: "measure the ranges on the network that is written, with its batch norms folded",
    });
  }
  const least = Math.min(seenLeast, 0);
  const greatest = Math.max(seenGreatest, 0);
  const scale = Math.fround((greatest - least) / levels);
  if (scale === 0) return { scale: 1, zeroPoint: 0 };
  return { scale, zeroPoint: Math.min(Math.round(Math.abs(least) / scale), levels) };
}
