import { type Node, numberOf, titleOf } from "../graph/model.ts";
import { onlyReader } from "../blocks/hard-swish.ts";
import type { GraphView } from "../graph/graph-view.ts";

/** What a map is multiplied by and what is added then, by channel, in float64. */
export interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/** What tells the tensors of float32 that a file holds. */
interface Held {
  readonly view: GraphView;
  readonly opset: number;
  floatDims(name: string | undefined): readonly number[] | null;
  floats(name: string | undefined): Float32Array | null;
}

/** The version of the operators since which operands are aligned by their last axes. */
const broadcastSince = 7;

/** Nodes in a row that together are one affine map of each channel. */
export interface AffineChain extends Affine {
  /** The value that the first node reads. */
  readonly from: string;
  readonly first: Node;
  readonly last: Node;
}

/**
 * The longest chain of affine nodes that begins with a node and of which nothing but the chain reads
 * what is in between, or null where the node is none of them.
 *
 * @param channels The channels of the map, which is the second of its axes.
 * @param axes The number of the map's axes.
 */
export function affineChainFrom(
  first: Node,
  from: string,
  channels: number,
  axes: number,
  rewriting: Held,
): AffineChain | null {
  let chain: AffineChain | null = null;
  let [node, read]: [Node | null, string] = [first, from];
  while (node !== null) {
    const step = affineOf(node, read, channels, axes, rewriting);
    if (step === null) break;
    chain = chain === null ? { ...step, from, first, last: node } : joined(chain, step, node);
    read = node.outputs[0]!;
    node = onlyReader(node, rewriting.view);
  }
  return chain;
}

function joined(chain: AffineChain, { scale, shift }: Affine, last: Node): AffineChain {
  return {
    ...chain,
    last,
    scale: chain.scale.map((own, channel) => own * scale[channel]!),
    shift: chain.shift.map((own, channel) => own * scale[channel]! + shift[channel]!),
  };
}

/** What a node does to each channel of a map, or null where that is not affine by constants. */
function affineOf(
  node: Node,
  map: string,
  channels: number,
  axes: number,
  rewriting: Held,
): Affine | null {
  if (node.domain !== "" || rewriting.opset < broadcastSince) return null;
  if (node.op === "BatchNormalization") return normOf(node, map, channels, rewriting);
  const [one, other] = node.inputs;
  const isSecond = one === map;
  if (!isSecond && other !== map) return null;
  const values = byChannel(isSecond ? other : one, channels, axes, rewriting);
  if (values === null) return null;
  const all = (value: number) => new Float64Array(channels).fill(value);
  switch (node.op) {
    case "Mul":
      return { scale: values, shift: all(0) };
    case "Add":
      return { scale: all(1), shift: values };
    case "Sub":
      return isSecond ? { scale: all(1), shift: values.map((value) => -value) } : null;
    case "Div":
      return isSecond ? { scale: values.map((value) => 1 / value), shift: all(0) } : null;
    default:
      return null;
  }
}

/** The values of a tensor by the channels of a map that it goes over, or null where it has others. */
function byChannel(
  name: string | undefined,
  channels: number,
  axes: number,
  rewriting: Held,
): Float64Array | null {
  const dims = rewriting.floatDims(name);
  // A tensor of more axes than the map would give the result more axes, too.
  if (dims === null || dims.length > axes) return null;
  const aligned = [...Array<number>(axes - dims.length).fill(1), ...dims];
  const isAlongChannels = aligned.every(
    (dim, axis) => dim === 1 || (axis === 1 && dim === channels),
  );
  if (!isAlongChannels) return null;
  const values = Float64Array.from(rewriting.floats(name)!);
  return values.length === 1 ? new Float64Array(channels).fill(values[0]!) : values;
}

function normOf(node: Node, map: string, channels: number, rewriting: Held): Affine | null {
  const isTrained = numberOf(node, "training_mode", 0) === 0 && node.outputs.length === 1;
  if (node.inputs[0] !== map || !isTrained) return null;
  const tensors = node.inputs.slice(1).map((name) => rewriting.floats(name));
  const isWhole = tensors.length === 4 && tensors.every((tensor) => tensor?.length === channels);
  if (!isWhole || numberOf(node, "spatial", 1) !== 1) return null;
  const [gamma, beta, mean, variance] = tensors as Float32Array[];
  const epsilon = numberOf(node, "epsilon", 1e-5);
  const scale = Float64Array.from(gamma!, (own, at) => own / Math.sqrt(variance![at]! + epsilon));
  const shift = Float64Array.from(beta!, (own, at) => own - mean![at]! * scale[at]!);
  return { scale, shift };
}

/**
 * Why weights cannot stand for an affine map, in words, or null where they can. A file may divide by 0,
 * and its factors may each be float32 where their product is not.
 */
export function whyNoWeights(...tensors: readonly Float32Array[]): string | null {
  const areFinite = tensors.every((tensor) => tensor.every((value) => Number.isFinite(value)));
  return areFinite ? null : "the weights would not be finite in float32";
}

export function chainTitle({ first, last }: AffineChain): string {
  return first === last ? titleOf(first) : `${titleOf(first)} to ${titleOf(last)}`;
}
