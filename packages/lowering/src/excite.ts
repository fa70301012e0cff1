import {
  formatShape,
  isMap,
  type Network,
  type Node,
  type Op,
  type Parameter,
  type Shape,
  type VectorShape,
} from "@sebench/spec";
import type { Weights } from "@sebench/weights";
import { blockOf, type Pass, type Scope, sameWeights } from "./lowering.ts";

/**
 * The pass to two dense layers over the pooled vector, as in the paper's text (SENet
 * v4, section 3.2). Parameters keep their names and their data; the weights lose the two
 * axes of the kernel.
 */
export const gemm: Pass = {
  obstacle(network, scope) {
    const whole = network.nodes.find((node) => isExcitation(node, scope) && !isPooled(node.shape));
    if (!whole) return null;
    return (
      `${blockOf(whole, network)} has no squeeze: ` +
      `${whole.name} gives ${formatShape(whole.shape)}, and a dense layer works on a vector`
    );
  },
  graph: (network, scope) => ({ ...network, nodes: rewriteNodes(network, scope) }),
  weights: rewriteWeights,
};

function isExcitation({ role, stage }: Node, scope: Scope): boolean {
  return role === "excite" && scope.includes(stage);
}

function isPooled(shape: Shape): boolean {
  return isMap(shape) && shape[1] === 1 && shape[2] === 1;
}

/** Rewrites the excitation over vectors, with a change of shape at its beginning and its end. */
function rewriteNodes(network: Network, scope: Scope): Node[] {
  const originals = new Map(network.nodes.map((node) => [node.name, node]));
  const nodes = new Map<string, Node>();
  const append = (node: Node) => {
    nodes.set(node.name, node);
    return node.name;
  };
  for (const node of network.nodes) {
    const inputs = node.inputs.map((input) => {
      const source = originals.get(input);
      if (!source || isExcitation(source, scope) === isExcitation(node, scope)) return input;
      return append(isExcitation(node, scope) ? flattened(source) : unflattened(source));
    });
    append({ ...(isExcitation(node, scope) ? overVector(node) : node), inputs });
  }
  return [...nodes.values()];
}

/** Rewrites an excitation node over a vector, between `flatten` and `unflatten`. */
function overVector(node: Node): Node {
  const { weight, ...others } = node.parameters;
  return {
    ...node,
    op: denseWhereConvolution(node.op),
    parameters: weight ? { ...others, weight: withoutKernel(weight) } : others,
    shape: vectorOf(node),
  };
}

function denseWhereConvolution(op: Op): Op {
  return op.kind === "conv2d" ? { kind: "dense", units: op.outChannels } : op;
}

/** Turns the shape `[out, in, 1, 1]` into `[out, in]`. */
function withoutKernel({ name, shape }: Parameter): Parameter {
  return { name, shape: shape.slice(0, 2) };
}

function vectorOf(node: Node): VectorShape {
  return [node.shape[0]];
}

function flattened(source: Node): Node {
  return reshaped(source, "flatten", vectorOf(source));
}

function unflattened(source: Node): Node {
  return reshaped(source, "unflatten", [source.shape[0], 1, 1]);
}

/** Makes a change of shape that is named beside its source: `stage2/block0/squeeze/flatten`. */
function reshaped(source: Node, kind: "flatten" | "unflatten", shape: Shape): Node {
  const place = source.name.slice(0, source.name.lastIndexOf("/") + 1);
  const name = `${place}${kind}`;
  return { ...source, name, op: { kind }, inputs: [source.name], parameters: {}, shape };
}

/** Gives the weights of the excitation their new shape; a missing weight stays missing. */
function rewriteWeights(network: Network, weights: Weights, scope: Scope): Weights {
  const rewritten = new Map(weights);
  for (const { parameters } of network.nodes.filter((node) => isExcitation(node, scope))) {
    const { weight } = parameters;
    const tensor = weight && weights.get(weight.name);
    if (tensor)
      rewritten.set(weight.name, { shape: withoutKernel(weight).shape, data: tensor.data });
  }
  return rewritten;
}

/**
 * The pass to two 1x1 convolutions over a pooled map, as in the authors' release. It does
 * nothing, since `spec` builds SE in that form.
 */
export const conv1x1: Pass = {
  obstacle: () => null,
  graph: (network) => network,
  weights: sameWeights,
};
