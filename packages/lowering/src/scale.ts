import {
  formatShape,
  isMap,
  type Node,
  type GatedConv2d,
  type Network,
  type Parameter,
  type Tensor,
} from "@sebench/spec";
import { foldBatchNorm } from "@sebench/weights";
import { blockOf, type Pass, sameWeights, type Scope } from "./lowering.ts";

/**
 * The pass that repeats the gate over the map and multiplies equal shapes: one more map
 * is written, and no broadcast is left, for which onnxruntime's CPU kernels leave the
 * layout in which they compute.
 */
export const gateResize: Pass = {
  obstacle(network, scope) {
    const nodes = new Map(network.nodes.map((node) => [node.name, node]));
    for (const { node, gate } of productsIn(network, scope)) {
      const { shape } = nodes.get(gate)!;
      if (!isMap(shape) || shape[1] * shape[2] !== 1) {
        return `${blockOf(node, network)} has no squeeze: its gate is ${formatShape(shape)} already`;
      }
    }
    return null;
  },
  graph(network, scope) {
    const products = new Map(
      productsIn(network, scope).map((product) => [product.node.name, product]),
    );
    const nodes = network.nodes.flatMap((node): Node[] => {
      const product = products.get(node.name);
      if (product === undefined || !isMap(node.shape)) return [node];
      const resize: Node = {
        ...node,
        name: beside(node, "resize"),
        op: { kind: "upsample", size: [node.shape[1], node.shape[2]] },
        inputs: [product.gate],
      };
      return [resize, { ...node, inputs: [product.map, resize.name] }];
    });
    return { ...network, nodes };
  },
  weights: sameWeights,
};

/**
 * The pass that scales the weights of the convolution before the product in place of its
 * output: `s (W h + b) = (s W) h + s b`, by output channel. No product of the size of the
 * map is left, and the residual sum may go into the convolution again. The scaled weights
 * are those of one image.
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
    for (const { product, layer, norm, input } of scaledConvolutions(network, scope)) {
      const { node, gate } = product;
      const convolution: Node = {
        ...layer,
        op: { ...layer.op, kind: "gatedConv2d" } as GatedConv2d,
        inputs: [input, gate],
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

/** A convolution before a product, with its batch norm folded in. */
interface ScaledConvolution {
  readonly product: Product;
  readonly layer: Node;
  /** The batch norm that is folded in, or null if there is none. */
  readonly norm: Node | null;
  /** The name of the node that the convolution reads, which may be a batch norm. */
  readonly input: string;
  /** The reason why the weights cannot be scaled, in words, or null if they can. */
  readonly obstacle: string | null;
}

function scaledConvolutions(network: Network, scope: Scope): ScaledConvolution[] {
  // No weights are needed for the graph alone, since they are derived when they are read.
  const folded = foldBatchNorm(network, new Map()).network;
  const nodes = new Map(folded.nodes.map((node) => [node.name, node]));
  const before = new Map(network.nodes.map((node) => [node.name, node]));
  return productsIn(folded, scope).map((product) => {
    const layer = nodes.get(product.map)!;
    const own = before.get(before.get(product.node.name)!.inputs[0]!)!;
    const norm = own.name === layer.name ? null : own;
    const why = whyNotScaled(folded, layer, product);
    const obstacle = why === null ? null : `${blockOf(product.node, network)} ${why}`;
    const input = before.get(layer.name)!.inputs[0] ?? layer.name;
    return { product, layer, norm, input, obstacle };
  });
}

function whyNotScaled(folded: Network, { name, op, parameters }: Node, { node }: Product) {
  if (op.kind !== "conv2d") return `scales what ${name} gives, a ${op.kind} and no convolution`;
  if (parameters.bias === undefined) {
    return `scales what ${name} gives, which has neither a batch norm of its own nor a bias`;
  }
  const other = folded.nodes.find((each) => each !== node && each.inputs.includes(name));
  if (other === undefined) return null;
  return `needs what ${name} gives for ${other.name}, too: add squeeze-fold or squeeze-pushdown`;
}

/** The bias of a convolution of the folded network, in which every scaled convolution has one. */
export function biasOf({ parameters }: Node): Parameter {
  return parameters.bias!;
}

/** The parameter that the gate scales, batch norm folded in: `layer1.0.conv3.gated.weight`. */
export function gated({ name, shape }: Parameter): Parameter {
  const dot = name.lastIndexOf(".");
  return { name: `${name.slice(0, dot)}.gated${name.slice(dot)}`, shape };
}

/**
 * The pass that puts a depthwise 1x1 convolution by ones between the product and the
 * residual sum. The convolution changes no value, and an engine that takes a sum and a
 * ReLU into a convolution goes over the map once in place of twice. The pass pays only in
 * a layout in which such a convolution is as cheap as a sum.
 */
export const residualConv: Pass = {
  obstacle(network, scope) {
    for (const product of productsIn(network, scope)) {
      const [reader, ...others] = readersOf(network, product);
      if (reader?.op.kind === "add" && others.length === 0) continue;
      return `${blockOf(product.node, network)} does not add what it scales to anything`;
    }
    return missingProduct(network, scope);
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

/** The obstacle of a product that `scale-fold` has taken away, or null if there is none. */
function missingProduct(network: Network, scope: Scope): string | null {
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

/** The product of a map and its gate, by which a block is scaled. */
export interface Product {
  readonly node: Node;
  /** The name of the node that gives the map. */
  readonly map: string;
  /** The name of the node that gives the gate. */
  readonly gate: string;
}

export function productsIn({ nodes }: Network, scope: Scope): Product[] {
  return nodes
    .filter(({ role, op, stage }) => role === "scale" && op.kind === "mul" && scope.includes(stage))
    .map((node) => ({ node, map: node.inputs[0]!, gate: node.inputs[1]! }));
}

/** The name of a node with another last part: `stage2/block0/scale/resize`. */
function beside({ name }: Node, local: string): string {
  return `${name.slice(0, name.lastIndexOf("/") + 1)}${local}`;
}
