import type { Network, Node, Parameter, Tensor } from "@sebench/spec";
import { foldBatchNorm } from "@sebench/weights";
import type { Pass } from "./lowering.ts";
import { findLinearSqueezes, foldedLayer, type LinearSqueeze } from "./squeeze.ts";

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
      values.set(weight.name, { shape: weight.shape, data: product(own.weight, before.weight) });
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

/** `[rows, inner, 1, 1]` times `[inner, columns, 1, 1]`. */
function product(left: Tensor, right: Tensor): Float32Array {
  const [rows, inner] = left.shape as [number, number];
  const columns = right.shape[1]!;
  const result = new Float32Array(rows * columns);
  const row = new Float64Array(columns);
  for (let r = 0; r < rows; r++) {
    row.fill(0);
    for (let i = 0; i < inner; i++) {
      const factor = left.data[r * inner + i]!;
      for (let c = 0; c < columns; c++) row[c]! += factor * right.data[i * columns + c]!;
    }
    result.set(row, r * columns);
  }
  return result;
}

/** The first layer's bias, and what it makes of the bias before it. */
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
