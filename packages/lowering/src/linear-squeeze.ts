import { type Conv2d, type Network, type Node, type Parameter, type Tensor } from "@sebench/spec";
import { foldBatchNorm, type Weights } from "@sebench/weights";
import { blockOf, type Scope } from "./lowering.ts";

/**
 * A squeeze of which all that comes before it, back to `source`, is linear: the
 * mean of what a 1x1 convolution gives is what it gives of the mean.
 */
export interface LinearSqueeze {
  readonly pool: Node;
  /** What the convolution reads. */
  readonly source: Node;
  /** Of the convolution with its batch norm folded in: `[out, in, 1, 1]` and `[out]`. */
  readonly weight: Parameter;
  readonly bias: Parameter;
}

/** The squeezes within a scope; in words, which of them is not linear, and why. */
export interface SqueezesFound {
  readonly linear: readonly LinearSqueeze[];
  readonly obstacle: string | null;
}

export function findLinearSqueezes(network: Network, scope: Scope): SqueezesFound {
  // Its graph alone is asked for; weights are derived when they are read.
  const folded = foldBatchNorm(network, new Map()).network;
  const nodes = new Map(folded.nodes.map((node) => [node.name, node]));
  const originals = new Map(network.nodes.map((node) => [node.name, node]));
  const linear: LinearSqueeze[] = [];
  const scales = folded.nodes.filter(
    ({ role, op, stage }) => role === "scale" && op.kind === "mul" && scope.includes(stage),
  );
  for (const scale of scales) {
    const pool = folded.nodes.find(
      ({ role, stage, block }) =>
        role === "squeeze" && stage === scale.stage && block === scale.block,
    );
    const layer = pool && nodes.get(pool.inputs[0]!)!;
    const why = whyNotLinear(pool, layer);
    if (why !== null || pool === undefined || layer === undefined) {
      return { linear: [], obstacle: `${blockOf(scale, network)} ${why}` };
    }
    const { weight, bias } = layer.parameters;
    const source = originals.get(originals.get(layer.name)!.inputs[0]!)!;
    linear.push({ pool: originals.get(pool.name)!, source, weight: weight!, bias: bias! });
  }
  return { linear, obstacle: null };
}

function whyNotLinear(pool: Node | undefined, layer: Node | undefined): string | null {
  if (pool === undefined || layer === undefined) return "has no squeeze";
  if (pool.op.kind !== "globalAvgPool") return `squeezes by ${pool.op.kind}, which is not linear`;
  if (layer.op.kind !== "conv2d") {
    return `squeezes what ${layer.name} gives, a ${layer.op.kind} and no 1x1 convolution`;
  }
  if (isPointwise(layer.op) && layer.parameters.bias) return null;
  return `squeezes what ${layer.name} gives, which is no 1x1 convolution at stride 1 with a batch norm or bias`;
}

function isPointwise({ kernel, stride, pads, groups }: Conv2d): boolean {
  return [...kernel, ...stride, groups].every((of) => of === 1) && pads.every((of) => of === 0);
}

/** The values of a squeeze's convolution, with its batch norm folded in. */
export function foldedLayer(
  { weight, bias }: LinearSqueeze,
  { weights }: ReturnType<typeof foldBatchNorm>,
): { readonly weight: Tensor; readonly bias: Tensor } {
  return { weight: tensorOf(weights, weight), bias: tensorOf(weights, bias) };
}

function tensorOf(weights: Weights, { name }: Parameter): Tensor {
  return weights.get(name)!;
}
