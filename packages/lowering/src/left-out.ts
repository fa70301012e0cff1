import {
  gateOf,
  InputError,
  type MapShape,
  type Network,
  type Node,
  type Parameter,
  parametersOf,
} from "@sebench/spec";
import type { Weights } from "@sebench/weights";
import { blockOf, type LoweredNetwork } from "./lowering.ts";

/**
 * The steps of SE that a network is left without, for measuring what they cost where an engine
 * tells nothing of its kernels. The product with a gate stays in each of them.
 */
export const leftOuts = ["squeeze", "excite", "squeeze+excite"] as const;
export type LeftOut = (typeof leftOuts)[number];

/**
 * Gives a network without some steps of its SE. In the place of a squeeze each channel gives the
 * value in the corner of its map, so that whatever follows still reads what the
 * network computes, and no engine can compute it beforehand. In the place of an excitation the
 * squeezed values go straight into the gate's own activation, which keeps them in its range: without
 * it the values would grow or vanish from block to block. The network is another function, whose
 * answers are compared with nothing.
 *
 * @param lowered A network with SE, as `gemm`, `conv1x1` or with a squeeze by `reduce-mean`.
 * @throws InputError if a block's SE has another form
 */
export function leaveOut(lowered: LoweredNetwork, parts: LeftOut): LoweredNetwork {
  const { network } = lowered;
  const withoutSqueeze = parts === "excite" ? network : replaceSqueezes(network);
  const left = parts === "squeeze" ? withoutSqueeze : replaceExcitations(withoutSqueeze);
  const used = new Set(parametersOf(left).map(({ name }) => name));
  const weights = new Map(
    [...withCorners(left, lowered.weights)].filter(([name]) => used.has(name)),
  );
  return { ...lowered, network: left, weights };
}

const pools = new Set(["globalAvgPool", "globalMaxPool", "reduceMean"]);

function replaceSqueezes(network: Network): Network {
  const shapes = new Map(network.nodes.map(({ name, shape }) => [name, shape]));
  for (const scale of scalesOf(network)) {
    const own = network.nodes.filter((node) => isSqueeze(node) && isBeside(node, scale));
    if (own.length === 1 && pools.has(own[0]!.op.kind)) continue;
    throw otherForm(network, scale, "squeezes by something else than one pooling operator");
  }
  const nodes = network.nodes.map((node): Node => {
    if (!isSqueeze(node)) return node;
    const map = shapes.get(node.inputs[0]!) as MapShape;
    return { ...node, op: cornerOf(map), parameters: { weight: cornerWeight(node, map) } };
  });
  return { ...network, nodes };
}

/**
 * The corner of a map, as a depthwise convolution by ones whose stride is the map: engines refuse a
 * pool at a stride beyond its window.
 */
function cornerOf([channels, height, width]: MapShape): Node["op"] {
  return {
    kind: "conv2d",
    outChannels: channels,
    kernel: [1, 1],
    stride: [height, width],
    pads: [0, 0, 0, 0],
    groups: channels,
  };
}

const cornerWeight = ({ name }: Node, [channels]: MapShape): Parameter => ({
  name: `${name}.corner.weight`,
  shape: [channels, 1, 1, 1],
});

/** The ones of each corner's weight, among weights of which there are none yet. */
function withCorners(network: Network, weights: Weights): Weights {
  const values = new Map(weights);
  for (const { name, shape } of parametersOf(network)) {
    if (values.has(name) || !name.endsWith(".corner.weight")) continue;
    values.set(name, { shape, data: new Float32Array(shape[0]!).fill(1) });
  }
  return values;
}

function replaceExcitations(network: Network): Network {
  const nodes = new Map(network.nodes.map((node) => [node.name, node]));
  const left = network.nodes.flatMap((node): Node[] => {
    if (node.role === "excite" || isFlattened(node)) return [];
    if (node.role !== "scale") return [node];
    const gate = gateBefore(network, node);
    const isExcited = (input: string) => nodes.get(input)!.role === "excite";
    const inputs = node.inputs.map((input) => (isExcited(input) ? gate.name : input));
    return [gate, { ...node, inputs }];
  });
  return { ...network, nodes: left };
}

/** The gate of a block whose squeezed values it reads without an excitation. */
function gateBefore(network: Network, scale: Node): Node {
  const beside = network.nodes.filter((node) => isBeside(node, scale));
  const squeezed = beside.findLast(isSqueeze);
  const gate = beside.findLast(({ role, op }) => role === "excite" && gateOf(op) !== null);
  const [, height, width] = squeezed?.shape ?? [];
  if (scale.op.kind !== "mul" || !squeezed || !gate || height !== 1 || width !== 1) {
    throw otherForm(network, scale, "is no product of a map and the gate of its means");
  }
  return { ...gate, inputs: [squeezed.name], shape: squeezed.shape };
}

function isSqueeze(node: Node): boolean {
  return node.role === "squeeze" && !isFlattened(node);
}

/** Tells the change of shape by which `gemm` hands a squeeze's values to its dense layers. */
function isFlattened({ role, op }: Node): boolean {
  return role === "squeeze" && op.kind === "flatten";
}

function scalesOf(network: Network): Node[] {
  const scales = network.nodes.filter(({ role }) => role === "scale");
  if (scales.length > 0) return scales;
  throw new InputError(`${network.name} has no squeeze-and-excitation`, {
    remedy: "give a network with SE, such as se-resnet50",
  });
}

function isBeside(node: Node, other: Node): boolean {
  return node.stage === other.stage && node.block === other.block;
}

function otherForm(network: Network, scale: Node, why: string): InputError {
  return new InputError(
    `the steps of SE cannot be left out one by one: ${blockOf(scale, network)} ${why}`,
    { remedy: "give --lowering gemm, conv1x1 or reduce-mean" },
  );
}
