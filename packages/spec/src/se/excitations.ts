import { InputError } from "../error/input-error.ts";
import type { Network, Node } from "../graph/network.ts";
import { elementCount, isMap } from "../graph/shape.ts";
import { type Gate, gateOf } from "./se.ts";

/** One squeeze-and-excitation of a network. */
export interface Excitation {
  /** The stage, numbered as in the paper, or null outside the stages. */
  readonly stage: number | null;
  readonly block: number | null;
  /** The node that gives the gate's values. */
  readonly gate: Node;
  /** The non-linearity of the gate. */
  readonly kind: Gate;
  /** The layer whose outputs become the gate's values. */
  readonly layer: Node;
  readonly channels: number;
}

/** The excitations of a network from the image to the logits; none if the network has no SE. */
export function excitationsOf(network: Network): Excitation[] {
  const nodes = new Map(network.nodes.map((node) => [node.name, node]));
  const scales = network.nodes.filter(({ role, op }) => role === "scale" && op.kind === "mul");
  return scales.map(({ inputs, stage, block }) => {
    const gate = nodes.get(inputs[1]!)!;
    const kind = gateOf(gate.op);
    if (kind === null) {
      throw new InputError(`${gate.name} is ${gate.op.kind}, and no gate`, {
        remedy: "give the network in its canonical form, before it is lowered",
      });
    }
    const layer = nodes.get(gate.inputs[0]!)!;
    return { stage, block, gate, kind, layer, channels: gate.shape[0] };
  });
}

/**
 * Gives a network another output, with which every runtime and the oracle can tell
 * the values of its gates: those of all gates, from the first excitation to the
 * last, and then the logits. A gate that is a map (`squeeze=none`) is averaged over
 * its pixels.
 */
export function withGatesAsOutput(network: Network): Network {
  const excitations = excitationsOf(network);
  if (excitations.length === 0) {
    throw new InputError(`${network.name} has no squeeze-and-excitation`, {
      remedy: `name a network with SE, such as se-resnet50`,
    });
  }
  const logits = network.nodes.find(({ name }) => name === network.output)!;
  const added: Node[] = [];
  const add = (local: string, kind: AddedKind, inputs: readonly Node[], shape: Node["shape"]) => {
    const names = inputs.map(({ name }) => name);
    const node = headNode(`gates/${local}`, kind, names, shape);
    added.push(node);
    return node;
  };
  const vectors = excitations.map(({ gate, channels }, index): Node => {
    const single = isMap(gate.shape) && elementCount(gate.shape) === channels;
    return single ? gate : add(`mean${index}`, "globalAvgPool", [gate], [channels, 1, 1]);
  });
  const row = add("logits", "unflatten", [logits], [logits.shape[0], 1, 1]);
  const length = [...vectors, row].reduce((sum, { shape }) => sum + shape[0], 0);
  const all = add("all", "concat", [...vectors, row], [length, 1, 1]);
  const output = add("output", "flatten", [all], [length]);
  return { ...network, nodes: [...network.nodes, ...added], output: output.name };
}

type AddedKind = "globalAvgPool" | "unflatten" | "concat" | "flatten";

function headNode(
  name: string,
  kind: AddedKind,
  inputs: readonly string[],
  shape: Node["shape"],
): Node {
  return {
    name,
    op: { kind },
    inputs,
    parameters: {},
    shape,
    role: "head",
    stage: null,
    block: null,
  };
}
