import type { GatedConv2d, Network, Node, Parameter } from "@sebench/spec";
import { foldBatchNorm } from "@sebench/weights";
import { blockOf, type Pass, type Scope } from "./lowering.ts";
import { type Product, productsIn } from "./products.ts";

/**
 * Scales the weights of the convolution before the product, not its output:
 * `s (W h + b) = (s W) h + s b`, by output channel. No product of the size of the
 * map is left, and the residual sum may go into the convolution again. The weights
 * are then those of one image.
 */
export const scaleFold: Pass = {
  obstacle(network, scope) {
    if (scope.batch !== 1) {
      return `weights that are scaled are those of one image, and a batch has ${scope.batch}`;
    }
    const found = scaledConvolutions(network, scope);
    return found.find(({ obstacle }) => obstacle !== null)?.obstacle ?? null;
  },

  graph(network, scope) {
    const replaced = new Map<string, Node>();
    const dropped = new Set<string>();
    const renamed = new Map<string, string>();
    for (const { product, layer, norm } of scaledConvolutions(network, scope)) {
      const { node, gate } = product;
      const convolution: Node = {
        ...layer,
        op: { ...layer.op, kind: "gatedConv2d" } as GatedConv2d,
        inputs: [layer.inputs[0]!, gate],
        parameters: { weight: gated(layer.parameters.weight!), bias: gated(biasOf(layer)) },
      };
      replaced.set(node.name, convolution);
      renamed.set(node.name, layer.name);
      dropped.add(layer.name);
      if (norm) dropped.add(norm.name);
    }
    const nodes = network.nodes
      .filter(({ name }) => !dropped.has(name))
      .map((node): Node => {
        const inputs = node.inputs.map((name) => renamed.get(name) ?? name);
        return replaced.get(node.name) ?? Object.assign({}, node, { inputs });
      });
    return { ...network, nodes };
  },

  weights(network, weights, scope) {
    const folded = foldBatchNorm(network, weights);
    const values = new Map(weights);
    for (const { layer } of scaledConvolutions(network, scope)) {
      for (const parameter of [layer.parameters.weight!, biasOf(layer)]) {
        const tensor = folded.weights.get(parameter.name);
        if (tensor) values.set(gated(parameter).name, tensor);
      }
    }
    return values;
  },
};

/** A convolution before a product, as it is with its batch norm folded in. */
interface ScaledConvolution {
  readonly product: Product;
  readonly layer: Node;
  /** The batch norm that goes into it. */
  readonly norm: Node | null;
  /** Why its weights cannot be scaled. */
  readonly obstacle: string | null;
}

function scaledConvolutions(network: Network, scope: Scope): ScaledConvolution[] {
  // Its graph alone is asked for; weights are derived when they are read.
  const folded = foldBatchNorm(network, new Map()).network;
  const nodes = new Map(folded.nodes.map((node) => [node.name, node]));
  const before = new Map(network.nodes.map((node) => [node.name, node]));
  return productsIn(folded, scope).map((product) => {
    const layer = nodes.get(product.map)!;
    const own = before.get(before.get(product.node.name)!.inputs[0]!)!;
    const norm = own.name === layer.name ? null : own;
    const why = whyNotScaled(folded, layer, product);
    const obstacle = why === null ? null : `${blockOf(product.node, network)} ${why}`;
    return { product, layer, norm, obstacle };
  });
}

function whyNotScaled(folded: Network, { name, op, parameters }: Node, { node }: Product) {
  if (op.kind !== "conv2d") return `scales what ${name} gives, a ${op.kind} and no convolution`;
  if (op.groups > 1) return `scales what ${name} gives, a convolution in groups`;
  if (parameters.bias === undefined) {
    return `scales what ${name} gives, which has neither a batch norm of its own nor a bias`;
  }
  const other = folded.nodes.find((each) => each !== node && each.inputs.includes(name));
  if (other === undefined) return null;
  return `needs what ${name} gives for ${other.name}, too: add squeeze-fold or squeeze-pushdown`;
}

/** Of the folded network, where every convolution found has one. */
function biasOf({ parameters }: Node): Parameter {
  return parameters.bias!;
}

/** As the gate scales it: `layer1.0.conv3.gated.weight`, with the batch norm folded in. */
function gated({ name, shape }: Parameter): Parameter {
  const dot = name.lastIndexOf(".");
  return { name: `${name.slice(0, dot)}.gated${name.slice(dot)}`, shape };
}
