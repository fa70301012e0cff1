import type { Node, Parameter } from "@sebench/spec";
import { foldBatchNorm } from "@sebench/weights";
import { findLinearSqueezes, foldedLayer } from "./linear-squeeze.ts";
import type { Pass } from "./lowering.ts";

/**
 * Pools what the block's last 1x1 convolution reads, and then applies that layer
 * to the mean: `GAP(W h + b) = W GAP(h) + b`. The pool reads a quarter of the
 * channels in a bottleneck, and does not wait for the convolution; a product of
 * a matrix and a vector comes on top.
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
        op: pointwise(pool.shape[0]),
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

/** A parameter of the layer as it is applied to the mean: `layer1.0.conv3.squeezed.weight`. */
function squeezed({ name, shape }: Parameter): Parameter {
  const dot = name.lastIndexOf(".");
  return { name: `${name.slice(0, dot)}.squeezed${name.slice(dot)}`, shape };
}

function pointwise(outChannels: number): Node["op"] {
  return {
    kind: "conv2d",
    outChannels,
    kernel: [1, 1],
    stride: [1, 1],
    pads: [0, 0, 0, 0],
    groups: 1,
  };
}
