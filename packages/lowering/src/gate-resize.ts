import { formatShape, isMap, type Node } from "@sebench/spec";
import { blockOf, type Pass, sameWeights } from "./lowering.ts";
import { beside, productsIn } from "./products.ts";

/**
 * Repeats the gate over the map and multiplies equal shapes: one more map to
 * write, and no broadcast, for which onnxruntime's CPU kernels leave the layout in
 * which they compute.
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
