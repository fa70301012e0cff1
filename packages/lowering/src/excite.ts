import {
  formatShape,
  isMap,
  type Network,
  type Node,
  type Op,
  type Parameter,
  type Shape,
  type VectorShape,
  type Tensor,
} from "@sebench/spec";
import { type Weights, foldBatchNorm } from "@sebench/weights";
import { blockOf, type Pass, type Scope, sameWeights } from "./lowering.ts";
import { findLinearSqueezes, foldedLayer, type LinearSqueeze } from "./squeeze.ts";

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

/**
 * The pass that pools as `squeeze-pushdown` does, and folds the layer between the pool
 * and the excitation into the excitation's first layer:
 * `F1 (W z + b) + c = (F1 W) z + (F1 b + c)`, which has a quarter of the inputs in a
 * bottleneck. The weights are computed in float64 and rounded once to float32.
 */
export const squeezeFold: Pass = {
  obstacle: (network, scope) => findLinearSqueezes(network, scope).obstacle,

  graph(network, scope) {
    const changed = new Map<string, Node>();
    for (const squeeze of findLinearSqueezes(network, scope).linear) {
      const { pool, source } = squeeze;
      const first = firstLayer(network, squeeze);
      const shape = [source.shape[0], 1, 1] as const;
      changed.set(pool.name, { ...pool, inputs: [source.name], shape });
      changed.set(first.name, { ...first, parameters: parametersOf(first, source) });
    }
    const nodes = network.nodes.map((node) => changed.get(node.name) ?? node);
    return { ...network, nodes };
  },

  weights(network, weights, scope) {
    const folded = foldBatchNorm(network, weights);
    const values = new Map(weights);
    for (const squeeze of findLinearSqueezes(network, scope).linear) {
      const first = firstLayer(network, squeeze);
      const { weight, bias } = parametersOf(first, squeeze.source);
      const before = foldedLayer(squeeze, folded);
      const own = {
        weight: weights.get(weight.name)!,
        bias: first.parameters.bias ? weights.get(bias.name)! : null,
      };
      values.set(weight.name, {
        shape: weight.shape,
        data: product(own.weight, acrossGroups(before.weight, squeeze.groups)),
      });
      values.set(bias.name, { shape: bias.shape, data: shifted(own, before.bias) });
    }
    return values;
  },
};

function firstLayer({ nodes }: Network, { pool }: LinearSqueeze): Node {
  return nodes.find(({ inputs, role }) => role === "excite" && inputs[0] === pool.name)!;
}

function parametersOf({ parameters, shape }: Node, source: Node) {
  const weight = parameters.weight!;
  const own = parameters.bias;
  const bias: Parameter = own ?? {
    name: weight.name.replace(/weight$/, "bias"),
    shape: [shape[0]],
  };
  return { weight: { name: weight.name, shape: [shape[0], source.shape[0], 1, 1] }, bias };
}

/** The weight `[out, in, 1, 1]` of a convolution in groups, which is zero between groups. */
function acrossGroups({ shape, data }: Tensor, groups: number): Tensor {
  if (groups === 1) return { shape, data };
  const [out, inputs] = shape as [number, number];
  const whole = new Float32Array(out * inputs * groups);
  for (let row = 0; row < out; row++) {
    const group = Math.floor((row * groups) / out);
    const own = data.subarray(row * inputs, (row + 1) * inputs);
    whole.set(own, (row * groups + group) * inputs);
  }
  return { shape: [out, inputs * groups, 1, 1], data: whole };
}

/** The product of `[rows, inner, 1, 1]` and `[inner, columns, 1, 1]`, each sum in float64 from its first term on. */
function product(left: Tensor, right: Tensor): Float32Array {
  const [rows, inner] = left.shape as [number, number];
  const columns = right.shape[1]!;
  const result = new Float32Array(rows * columns);
  const across = columnsOf(right.data, inner, columns);
  for (let r = 0; r < rows; r++) {
    const row = Float64Array.from(left.data.subarray(r * inner, (r + 1) * inner));
    const target = result.subarray(r * columns, (r + 1) * columns);
    for (let c = 0; c < columns; c += 4) multiplyByFour(target, row, across, c);
  }
  return result;
}

function columnsOf(data: Float32Array, inner: number, columns: number): Float64Array[] {
  return Array.from({ length: columns }, (_, c) => {
    const column = new Float64Array(inner);
    for (let i = 0; i < inner; i++) column[i] = data[i * columns + c]!;
    return column;
  });
}

/**
 * Multiplies a row by four columns, which keeps a core's units busy. A typed array ignores what is
 * written beyond its end, so the last column may stand in for columns that are not there.
 */
function multiplyByFour(
  target: Float32Array,
  row: Float64Array,
  across: readonly Float64Array[],
  first: number,
): void {
  const last = across.length - 1;
  const c0 = across[first]!;
  const c1 = across[Math.min(first + 1, last)]!;
  const c2 = across[Math.min(first + 2, last)]!;
  const c3 = across[Math.min(first + 3, last)]!;
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = 0; i < row.length; i++) {
    const factor = row[i]!;
    s0 += factor * c0[i]!;
    s1 += factor * c1[i]!;
    s2 += factor * c2[i]!;
    s3 += factor * c3[i]!;
  }
  target[first] = s0;
  target[first + 1] = s1;
  target[first + 2] = s2;
  target[first + 3] = s3;
}

/** The first layer's bias plus what the layer makes of the bias before it. */
function shifted(
  { weight, bias }: { readonly weight: Tensor; readonly bias: Tensor | null },
  before: Tensor,
): Float32Array {
  const inner = before.data.length;
  return Float32Array.from({ length: weight.shape[0]! }, (_, row) => {
    return before.data.reduce(
      (sum, value, at) => sum + value * weight.data[row * inner + at]!,
      bias?.data[row] ?? 0,
    );
  });
}
