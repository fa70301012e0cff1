import type { Network, Node, Parameter, Tensor } from "@sebench/spec";
import { blockOf, type Pass, type Scope } from "./lowering.ts";
import { beside, type Product, productsIn } from "./products.ts";

/**
 * A depthwise 1x1 convolution by ones between the product and the residual sum:
 * it changes no value, and an engine that takes a sum and a ReLU into a
 * convolution goes over the map once in place of twice. Only in a layout in which
 * such a convolution is as cheap as a sum.
 */
export const residualConv: Pass = {
  obstacle(network, scope) {
    for (const product of productsIn(network, scope)) {
      const [reader, ...others] = readersOf(network, product);
      if (reader?.op.kind === "add" && others.length === 0) continue;
      return `${blockOf(product.node, network)} does not add what it scales to anything`;
    }
    return folded(network, scope);
  },
  graph(network, scope) {
    const products = new Set(productsIn(network, scope).map(({ node }) => node));
    const renamed = new Map([...products].map((node) => [node.name, beside(node, "residual")]));
    const nodes = network.nodes.flatMap((node): Node[] => {
      const inputs = node.inputs.map((name) => renamed.get(name) ?? name);
      const same = Object.assign({}, node, { inputs });
      return products.has(node) ? [same, identityOf(node)] : [same];
    });
    return { ...network, nodes };
  },
  weights(network, weights, scope) {
    const ones = productsIn(network, scope).map(({ node }): [string, Tensor] => {
      const { name, shape } = weightOf(node);
      return [name, { shape, data: new Float32Array(node.shape[0]).fill(1) }];
    });
    return new Map([...weights, ...ones]);
  },
};

function readersOf({ nodes }: Network, { node }: Product): Node[] {
  return nodes.filter(({ inputs }) => inputs.includes(node.name));
}

/** A product that `scale-fold` has taken away. */
function folded(network: Network, scope: Scope): string | null {
  const { nodes } = network;
  const gone = nodes.find(({ op, stage }) => op.kind === "gatedConv2d" && scope.includes(stage));
  return gone ? `${blockOf(gone, network)} is without a product after scale-fold` : null;
}

function identityOf(product: Node): Node {
  const channels = product.shape[0];
  return {
    ...product,
    name: beside(product, "residual"),
    op: {
      kind: "conv2d",
      outChannels: channels,
      kernel: [1, 1],
      stride: [1, 1],
      pads: [0, 0, 0, 0],
      groups: channels,
    },
    inputs: [product.name],
    parameters: { weight: weightOf(product) },
  };
}

function weightOf(product: Node): Parameter {
  return { name: `${beside(product, "residual")}.weight`, shape: [product.shape[0], 1, 1, 1] };
}
