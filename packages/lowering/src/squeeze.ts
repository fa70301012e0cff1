import type { Conv2d, MapShape, Network, Node, Parameter, Tensor } from "@sebench/spec";
import { foldBatchNorm, type Weights } from "@sebench/weights";
import { blockOf, type Pass, sameWeights, type Scope } from "./lowering.ts";

/** The pass that squeezes by a reduction over height and width in place of a pooling operator. */
export const reduceMean: Pass = {
  obstacle(network, scope) {
    const scales = network.nodes.filter(
      ({ role, stage }) => role === "scale" && scope.includes(stage),
    );
    for (const scale of scales) {
      const squeeze = poolsIn(network, scope).find(
        ({ stage, block }) => stage === scale.stage && block === scale.block,
      );
      if (squeeze === undefined) return `${blockOf(scale, network)} has no squeeze`;
      if (squeeze.op.kind !== "globalAvgPool") {
        return `${blockOf(scale, network)} squeezes by ${squeeze.op.kind}, which is no mean`;
      }
    }
    return null;
  },
  graph(network, scope) {
    const pools = new Set(poolsIn(network, scope));
    const nodes = network.nodes.map((node): Node => {
      return pools.has(node) ? { ...node, op: { kind: "reduceMean" } } : node;
    });
    return { ...network, nodes };
  },
  weights: sameWeights,
};

/**
 * The pass whose squeeze is safe in fp16 wherever the values are: the map is multiplied by 2^-k, the
 * least power of two that is no larger than 1 / height and 1 / width; then come the means of the rows,
 * the mean of these, and the multiplication by 2^k. Powers of two round nothing, except for values
 * below 2^(k - 14), which keep an absolute precision of 2^(k - 25). No partial sum is larger than the
 * largest value, and none has more terms than a row or a column.
 */
export const squeezeScaled: Pass = {
  obstacle: reduceMean.obstacle,
  graph(network, scope) {
    const shapes = new Map(network.nodes.map(({ name, shape }) => [name, shape]));
    const pools = new Set(poolsIn(network, scope));
    const nodes = network.nodes.flatMap((node) =>
      pools.has(node) ? scaledMean(node, shapes.get(node.inputs[0]!) as MapShape) : [node],
    );
    return { ...network, nodes };
  },
  weights: sameWeights,
};

function scaledMean(pool: Node, [channels, height, width]: MapShape): Node[] {
  const side = Math.max(height, width);
  if (side === 1) return [pool];
  const factor = 2 ** Math.ceil(Math.log2(side));
  const step = (local: string, op: Node["op"], input: string, shape: MapShape): Node => ({
    ...pool,
    name: `${pool.name}/${local}`,
    op,
    inputs: [input],
    shape,
  });
  const down: Node["op"] = { kind: "scaleBy", factor: 1 / factor };
  const scaled = step("scaled", down, pool.inputs[0]!, [channels, height, width]);
  const rowMeans: Node["op"] = {
    kind: "avgPool",
    kernel: [1, width],
    stride: [1, 1],
    pads: [0, 0, 0, 0],
    ceil: false,
    countIncludePad: false,
  };
  const rows = step("rows", rowMeans, scaled.name, [channels, height, 1]);
  const mean = step("mean", pool.op, rows.name, pool.shape as MapShape);
  return [scaled, rows, mean, { ...pool, op: { kind: "scaleBy", factor }, inputs: [mean.name] }];
}

function poolsIn({ nodes }: Network, scope: Scope): Node[] {
  return nodes.filter(
    ({ role, op, stage }) =>
      role === "squeeze" && op.kind.startsWith("global") && scope.includes(stage),
  );
}

/**
 * The pass that pools the input of the block's last 1x1 convolution, and then applies
 * that layer to the mean: `GAP(W h + b) = W GAP(h) + b`. The pool reads a quarter of the
 * channels in a bottleneck, and does not wait for the convolution; a product of a matrix
 * and a vector is added.
 */
export const squeezePushdown: Pass = {
  obstacle: (network, scope) => findLinearSqueezes(network, scope).obstacle,

  graph(network, scope) {
    const rewritten = new Map<string, readonly Node[]>();
    const renamed = new Map<string, string>();
    for (const squeeze of findLinearSqueezes(network, scope).linear) {
      const { pool, source } = squeeze;
      const project: Node = {
        ...pool,
        name: `${pool.name}/project`,
        op: pointwise(pool.shape[0], squeeze.groups),
        inputs: [pool.name],
        parameters: { weight: squeezed(squeeze.weight), bias: squeezed(squeeze.bias) },
      };
      const shape = [source.shape[0], 1, 1] as const;
      rewritten.set(pool.name, [{ ...pool, inputs: [source.name], shape }, project]);
      renamed.set(pool.name, project.name);
    }
    const nodes = network.nodes.flatMap((node) => {
      const inputs = node.inputs.map((name) => renamed.get(name) ?? name);
      return rewritten.get(node.name) ?? [Object.assign({}, node, { inputs })];
    });
    return { ...network, nodes };
  },

  weights(network, weights, scope) {
    const folded = foldBatchNorm(network, weights);
    const values = new Map(weights);
    for (const squeeze of findLinearSqueezes(network, scope).linear) {
      const { weight, bias } = foldedLayer(squeeze, folded);
      values.set(squeezed(squeeze.weight).name, weight).set(squeezed(squeeze.bias).name, bias);
    }
    return values;
  },
};

/** The parameter of the layer that is applied to the mean: `layer1.0.conv3.squeezed.weight`. */
function squeezed({ name, shape }: Parameter): Parameter {
  const dot = name.lastIndexOf(".");
  return { name: `${name.slice(0, dot)}.squeezed${name.slice(dot)}`, shape };
}

function pointwise(outChannels: number, groups: number): Node["op"] {
  return {
    kind: "conv2d",
    outChannels,
    kernel: [1, 1],
    stride: [1, 1],
    pads: [0, 0, 0, 0],
    groups,
  };
}

/**
 * A squeeze before which everything is linear back to `source`: the mean of a 1x1
 * convolution's output is the convolution of the mean.
 */
export interface LinearSqueeze {
  readonly pool: Node;
  /** The node that the convolution reads. */
  readonly source: Node;
  /** The weight `[out, in / groups, 1, 1]` of the convolution with its batch norm folded in. */
  readonly weight: Parameter;
  readonly groups: number;
  /** The bias `[out]` of the convolution with its batch norm folded in. */
  readonly bias: Parameter;
}

/** The squeezes within a scope. */
interface SqueezesFound {
  /** The squeezes, none if any of them is not linear. */
  readonly linear: readonly LinearSqueeze[];
  /** The first squeeze that is not linear, and the reason, in words; null if all are linear. */
  readonly obstacle: string | null;
}

export function findLinearSqueezes(network: Network, scope: Scope): SqueezesFound {
  // No weights are needed for the graph alone, since they are derived when they are read.
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
    const { groups } = layer.op as Conv2d;
    const own = originals.get(pool.name)!;
    linear.push({ pool: own, source, weight: weight!, bias: bias!, groups });
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

function isPointwise({ kernel, stride, pads }: Conv2d): boolean {
  return [...kernel, ...stride].every((of) => of === 1) && pads.every((of) => of === 0);
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
