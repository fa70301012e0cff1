import type { Network, Node, Op } from "@sebench/spec";
import { type Pass, sameWeights } from "./lowering.ts";

/**
 * The way that hard-swish is written, in both members of a pair: as one operator, as
 * `x * HardSigmoid(x)`, or by a clip, as `x * clip(x + 3, 0, 6) / 6` in four operators.
 */
export const activationForms = ["hard-swish", "hard-sigmoid", "clip"] as const;

export type ActivationForm = (typeof activationForms)[number];

/** The nodes before a node's last one, whose value keeps the node's name, and that last one. */
interface Written {
  readonly before: readonly Node[];
  readonly op: Op;
  readonly inputs: readonly string[];
}

const forms: Readonly<Record<Exclude<ActivationForm, "hard-swish">, (node: Node) => Written>> = {
  "hard-sigmoid"(node) {
    const [x] = node.inputs as [string];
    const gate = beside(node, "gate", { kind: "hardSigmoid", alpha: 1 / 6, beta: 0.5 }, [x]);
    return { before: [gate], op: { kind: "mul" }, inputs: [x, gate.name] };
  },
  clip(node) {
    const [x] = node.inputs as [string];
    const shifted = beside(node, "shift", { kind: "offsetBy", offset: 3 }, [x]);
    const clipped = beside(node, "clip", { kind: "clip", min: 0, max: 6 }, [shifted.name]);
    const product = beside(node, "product", { kind: "mul" }, [x, clipped.name]);
    const op = { kind: "divideBy", divisor: 6 } as const;
    return { before: [shifted, clipped, product], op, inputs: [product.name] };
  },
};

/**
 * The pass `activation`, which writes every hard-swish in other operators, as exporters do:
 * `hard-sigmoid` as `x * HardSigmoid(x)`, and `clip` as `x * clip(x + 3, 0, 6) / 6` in four
 * operators. The pass is for whole networks, and for both members of a pair.
 */
export function activation(form: ActivationForm): Pass {
  return {
    obstacle({ nodes, name }) {
      const has = nodes.some(({ op }) => op.kind === "hardSwish");
      return form === "hard-swish" || has ? null : `${name} has no hard-swish`;
    },
    graph(network: Network) {
      if (form === "hard-swish") return network;
      const nodes = network.nodes.flatMap((node): Node[] => {
        if (node.op.kind !== "hardSwish") return [node];
        const { before, op, inputs } = forms[form](node);
        return [...before, { ...node, op, inputs }];
      });
      return { ...network, nodes };
    },
    weights: sameWeights,
  };
}

function beside(node: Node, local: string, op: Op, inputs: readonly string[]): Node {
  return { ...node, name: `${node.name}/${local}`, op, inputs };
}
