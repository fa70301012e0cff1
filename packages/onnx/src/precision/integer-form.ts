import type { Network, Node, OpOf, Tensor } from "@sebench/spec";
import type { WeightSource } from "../graph/notation.ts";
import type { ActivationRanges } from "./activation-scales.ts";

/** A network with the source of its weights. */
interface Form {
  readonly network: Network;
  readonly weights: WeightSource;
}

/**
 * Rewrites operators that have no integer kernel in onnxruntime as ones that have, which give the
 * same function: a mean by reduction becomes a global average pool, and a hard sigmoid becomes part
 * of the layer before it. `min(max(alpha * (W x + b) + beta, 0), 1)` is the layer `alpha W`,
 * `alpha b + beta`, cut to 0..1, and a tensor of integers whose scale is 1/255 is cut there anyway.
 *
 * @param ranges the ranges of the nodes, in which null keeps a node in floating point
 */
export function integerForm({ network, weights }: Form, ranges: ActivationRanges): Form {
  const gates = hardSigmoidsIn(network, ranges);
  const layers = new Map(gates.map((gate) => [gate.layer.name, gate]));
  const cut = new Map(gates.map(({ node }) => [node.name, node]));
  const nodes = network.nodes.map((node): Node => {
    const gate = layers.get(node.name);
    if (gate) return { ...node, parameters: { weight: gate.weight, bias: gate.bias } };
    if (cut.has(node.name)) return { ...node, op: { kind: "clip", min: 0, max: 1 } };
    return node.op.kind === "reduceMean" && ranges[node.name] !== null
      ? { ...node, op: { kind: "globalAvgPool" } }
      : node;
  });
  return {
    network: { ...network, nodes },
    weights: gates.length === 0 ? weights : scaled(gates, weights),
  };
}

/** A hard sigmoid that reads a layer which nothing else reads. */
interface LayerGate {
  readonly node: Node;
  readonly op: OpOf<"hardSigmoid">;
  readonly layer: Node;
  readonly weight: NonNullable<Node["parameters"]["weight"]>;
  /** The layer's bias, or a new one. */
  readonly bias: NonNullable<Node["parameters"]["bias"]>;
}

function hardSigmoidsIn({ nodes }: Network, ranges: ActivationRanges): LayerGate[] {
  const named = new Map(nodes.map((node) => [node.name, node]));
  const uses = countEach(nodes.flatMap(({ inputs }) => inputs));
  const parameters = countEach(
    nodes.flatMap((node) => Object.values(node.parameters).map(({ name }) => name)),
  );
  return nodes.flatMap((node) => {
    const { op } = node;
    if (op.kind !== "hardSigmoid" || ranges[node.name] === null) return [];
    const layer = named.get(node.inputs[0]!)!;
    const { weight, bias } = layer.parameters;
    const isLayer = layer.op.kind === "conv2d" || layer.op.kind === "dense";
    const isShared = [weight, bias].some((each) => each && parameters.get(each.name) !== 1);
    if (!isLayer || weight === undefined || isShared || uses.get(layer.name) !== 1) return [];
    const added = { name: `${weight.name}/gate-bias`, shape: [weight.shape[0]!] };
    return [{ node, op, layer, weight, bias: bias ?? added }];
  });
}

function countEach(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** The weights with those of the gates' layers multiplied and shifted, each when it is read. */
function scaled(gates: readonly LayerGate[], weights: WeightSource): WeightSource {
  const changed = new Map<string, () => Tensor>();
  for (const { op, weight, bias } of gates) {
    changed.set(weight.name, () => {
      const { shape, data } = weights.get(weight.name)!;
      return { shape, data: data.map((value) => op.alpha * value) };
    });
    changed.set(bias.name, () => {
      const own = weights.get(bias.name)?.data ?? new Float32Array(bias.shape[0]!);
      return { shape: bias.shape, data: own.map((value) => op.alpha * value + op.beta) };
    });
  }
  return {
    get: (name) => changed.get(name)?.() ?? weights.get(name),
    *inTurn() {
      for (const [name, tensor] of weights.inTurn()) {
        if (!changed.has(name)) yield [name, tensor];
      }
      for (const [name, make] of changed) yield [name, make()];
    },
  };
}
