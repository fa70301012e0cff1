import { type Gate, gateOf, type Network, type Node, type OpKind } from "@sebench/spec";

/** The part that a layer or a batch norm has in its block, if its ranges depend on that. */
export type Part =
  | { readonly kind: "plain" }
  /** The layer whose output is the network's. */
  | { readonly kind: "logits" }
  /** A layer of an excitation whose output is not the gate's input. */
  | { readonly kind: "hidden" }
  /** The layer whose output goes through the gate's non-linearity. */
  | { readonly kind: "gate"; readonly gate: Gate }
  /**
   * The end of a residual branch that is added to an unscaled shortcut: a batch norm, or, in a
   * pre-activation network, a convolution.
   */
  | { readonly kind: "damped" };

/** The part of each node, by the node's name; a node that is not listed is `plain`. */
export function partsOf(network: Network): ReadonlyMap<string, Part> {
  const nodes = new Map(network.nodes.map((node) => [node.name, node]));
  const back = (from: string, through: ReadonlySet<OpKind>) => walkBack(nodes, from, through);
  const parts = new Map<string, Part>();
  for (const { name, op, inputs, role } of network.nodes) {
    if (name === network.output) parts.set(name, { kind: "logits" });
    if (role === "excite" && isLayer(op.kind)) parts.set(name, { kind: "hidden" });
    if (op.kind === "mul") {
      const activation = back(inputs[1]!, shapeOnly);
      const layer = back(activation.inputs[0] ?? activation.name, shapeOnly);
      const gate = gateOf(activation.op);
      if (gate !== null && isLayer(layer.op.kind)) parts.set(layer.name, { kind: "gate", gate });
    }
    if (op.kind === "add") {
      const sources = (through: ReadonlySet<OpKind>, kind: OpKind) =>
        inputs
          .map((input) => joinedBy(back(input, through)).map((each) => back(each, gating)))
          .filter((ends) => ends.every(({ op: end }) => end.kind === kind));
      const layers = sources(gating, "conv2d");
      const ends = layers.length > 0 ? layers : sources(scaling, "batchNorm");
      // If every addend ends in one, as beside a projection, all addends weigh the same.
      if (ends.length < inputs.length) {
        for (const end of ends.flat()) parts.set(end.name, { kind: "damped" });
      }
    }
  }
  return parts;
}

const shapeOnly: ReadonlySet<OpKind> = new Set(["flatten", "unflatten"]);

/** The operators that may stand between a branch's last batch norm and the sum. */
const scaling: ReadonlySet<OpKind> = new Set(["mul", "scaleBy", "relu"]);

/** The operators that may stand between a branch's last convolution and the sum. */
const gating: ReadonlySet<OpKind> = new Set(["mul"]);

/** The names of the maps that a node joins, as a Ghost module does, or its own name. */
function joinedBy({ op, name, inputs }: Node): readonly string[] {
  return op.kind === "concat" ? inputs : [name];
}

/** Follows first inputs through nodes of the given kinds, back to the first node of another kind. */
function walkBack(
  nodes: ReadonlyMap<string, Node>,
  from: string,
  through: ReadonlySet<OpKind>,
): Node {
  let node = nodes.get(from)!;
  while (through.has(node.op.kind)) node = nodes.get(node.inputs[0]!)!;
  return node;
}

function isLayer(kind: OpKind): boolean {
  return kind === "conv2d" || kind === "dense";
}
