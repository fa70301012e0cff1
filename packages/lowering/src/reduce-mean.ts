import type { Network, Node } from "@sebench/spec";
import { blockOf, type Pass, sameWeights, type Scope } from "./lowering.ts";

/** The squeeze as a reduction over height and width, in place of a pooling operator. */
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

function poolsIn({ nodes }: Network, scope: Scope): Node[] {
  return nodes.filter(
    ({ role, op, stage }) =>
      role === "squeeze" && op.kind.startsWith("global") && scope.includes(stage),
  );
}
