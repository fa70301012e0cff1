import type { GatedConv2d, Network, Node } from "@sebench/spec";
import { foldBatchNorm } from "@sebench/weights";
import { blockOf, type Pass, type Scope } from "./lowering.ts";
import { biasOf, gated, type Product, productsIn } from "./scale.ts";

/**
 * The pass that scales the weights of the convolution after the product in place of its input:
 * `W (s x) + b = (W s) x + b`, by input channel, which holds for any nonlinearity before the
 * product. Convolutions are 1x1 or depthwise. Where a global average pool follows instead, the
 * pool comes first, since `GAP(s x) = s GAP(x)`. The scaled weights are those of one image.
 */
export const scaleForward: Pass = {
  obstacle(network, scope) {
    if (scope.batch !== 1) {
      return `weights that are scaled are those of one image, and a batch has ${scope.batch}`;
    }
    const found = forwardedProducts(network, scope);
    return found.find(({ obstacle }) => obstacle !== null)?.obstacle ?? null;
  },

  graph(network, scope) {
    const replaced = new Map<string, readonly Node[]>();
    const renamed = new Map<string, string>();
    for (const { product, reader, norm } of forwardedProducts(network, scope)) {
      replaced.set(product.node.name, []);
      replaced.set(reader.name, afterProduct(product, reader));
      if (norm !== null) {
        replaced.set(norm.name, []);
        renamed.set(norm.name, reader.name);
      }
      if (reader.op.kind !== "conv2d") renamed.set(reader.name, product.node.name);
    }
    const nodes = network.nodes.flatMap((node): readonly Node[] => {
      const own = replaced.get(node.name) ?? [node];
      return own.map((each) => {
        // The product after a pool reads the pool, whose other readers read the product.
        if (each.role === "scale" && own.length === 2) return each;
        const inputs = each.inputs.map((name) => renamed.get(name) ?? name);
        return Object.assign({}, each, { inputs });
      });
    });
    return { ...network, nodes };
  },

  weights(network, weights, scope) {
    const folded = foldBatchNorm(network, weights);
    const values = new Map(weights);
    for (const { reader } of forwardedProducts(network, scope)) {
      if (reader.op.kind !== "conv2d") continue;
      for (const parameter of [reader.parameters.weight!, biasOf(reader)]) {
        const tensor = folded.weights.get(parameter.name);
        if (tensor) values.set(gated(parameter).name, tensor);
      }
    }
    return values;
  },
};

/** A product, and the node after it that takes the gate in. */
interface Forwarded {
  readonly product: Product;
  /** The convolution, with its batch norm folded in, or the pool after the product. */
  readonly reader: Node;
  /** The batch norm that is folded in, or null if there is none. */
  readonly norm: Node | null;
  /** The reason why the gate cannot go forward, in words, or null if it can. */
  readonly obstacle: string | null;
}

/** Finds the products of a scope; none comes after one that cannot go forward. */
function forwardedProducts(network: Network, scope: Scope): Forwarded[] {
  // No weights are needed for the graph alone, since they are derived when they are read.
  const folded = foldBatchNorm(network, new Map()).network;
  const kept = new Set(folded.nodes.map(({ name }) => name));
  return productsIn(folded, scope).map((product) => {
    const readers = folded.nodes.filter(({ inputs }) => inputs.includes(product.node.name));
    const reader = readers[0] ?? product.node;
    const own = network.nodes.find(({ inputs }) => inputs.includes(reader.name));
    const norm = own !== undefined && !kept.has(own.name) ? own : null;
    const why = readers.length === 1 ? whyNotForward(reader) : `does not go to one node alone`;
    const obstacle = why === null ? null : `${blockOf(product.node, network)} ${why}`;
    return { product: originalProduct(network, product), reader, norm, obstacle };
  });
}

function originalProduct({ nodes }: Network, { node: { name } }: Product): Product {
  const node = nodes.find((each) => each.name === name)!;
  return { node, map: node.inputs[0]!, gate: node.inputs[1]! };
}

function whyNotForward({ name, op, parameters, shape }: Node): string | null {
  if (op.kind === "globalAvgPool" || op.kind === "reduceMean") return null;
  const goes = `goes to ${name},`;
  if (op.kind !== "conv2d") return `${goes} which is no convolution, but ${op.kind}`;
  const pointwise = op.groups === 1 && op.kernel[0] * op.kernel[1] === 1;
  const depthwise = op.groups === shape[0] && parameters.weight!.shape[1] === 1;
  if (!pointwise && !depthwise) return `${goes} a convolution that is neither 1x1 nor depthwise`;
  if (parameters.bias) return null;
  return `${goes} which has neither a batch norm of its own nor a bias`;
}

function afterProduct({ node, map, gate }: Product, reader: Node): readonly Node[] {
  const { op, parameters } = reader;
  if (op.kind !== "conv2d") {
    const pool = { ...reader, inputs: [map] };
    return [pool, { ...node, inputs: [reader.name, gate], shape: reader.shape }];
  }
  const convolution: Node = {
    ...reader,
    op: { ...op, kind: "gatedConv2d", scales: "inputs" } satisfies GatedConv2d,
    inputs: [map, gate],
    parameters: { weight: gated(parameters.weight!), bias: gated(biasOf(reader)) },
  };
  return [convolution];
}
