import {
  elementCount,
  excitationsOf,
  type Gate,
  InputError,
  type Network,
  type Node,
  type Tensor,
} from "@sebench/spec";
import type { Weights } from "./weights/weights.ts";

/** The input with which a gate answers with a value, as near to 1 as float32 comes. */
const inverses: Readonly<Record<Gate, (value: number) => number>> = {
  sigmoid: (value) => clamp(Math.log(value / (1 - value)), 40),
  tanh: (value) => clamp(Math.atanh(value), 20),
  relu: (value) => value,
  "hard-sigmoid": (value) => (value >= 0 && value <= 1 ? 6 * value - 3 : NaN),
};

/**
 * Makes gates of a network answer the same for every image: the weights of a gate's
 * last layer become 0, and its bias gives the values.
 *
 * @param fixed The values `[channels]` of each gate to be fixed, by the name of its node.
 * @throws InputError If the network has no such gate, or the gate cannot have such a value.
 */
export function withFixedGates(
  network: Network,
  weights: Weights,
  fixed: ReadonlyMap<string, Float32Array>,
): { readonly network: Network; readonly weights: Weights } {
  const changed = new Map(weights);
  const layers = new Map<string, Node>();
  const excitations = new Map(excitationsOf(network).map((each) => [each.gate.name, each]));
  for (const [name, values] of fixed) {
    const excitation = excitations.get(name);
    if (!excitation) throw new InputError(`${network.name} has no gate ${name}`);
    const { layer, gate, kind, channels } = excitation;
    if (values.length !== channels) {
      throw new InputError(`${name} has ${channels} channels, not ${values.length}`);
    }
    const weight = layer.parameters.weight!;
    // A layer without bias is given one, named like the biases of other networks.
    const bias = layer.parameters.bias ?? {
      name: weight.name.replace(/weight$/, "bias"),
      shape: [channels],
    };
    changed.set(weight.name, {
      shape: weight.shape,
      data: new Float32Array(elementCount(weight.shape)),
    });
    changed.set(bias.name, biasFor({ name: gate.name, kind }, bias.shape, values));
    layers.set(layer.name, { ...layer, parameters: { weight, bias } });
  }
  const nodes = network.nodes.map((node) => layers.get(node.name) ?? node);
  return { network: { ...network, nodes }, weights: changed };
}

function biasFor(
  { name, kind }: { readonly name: string; readonly kind: Gate },
  shape: readonly number[],
  values: Float32Array,
): Tensor {
  const data = values.map(inverses[kind]);
  if (data.every((value) => Number.isFinite(value))) return { shape, data };
  throw new InputError(`${name} is a ${kind}, which does not give such values`);
}

/** Keeps a value between `-limit` and `limit`; NaN stays NaN. */
function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
