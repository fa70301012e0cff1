import {
  type DeclaredParameter,
  elementCount,
  excitationsOf,
  formatShape,
  type Gate,
  InputError,
  type Network,
  type Node,
  parametersOf,
  sameShape,
  type Tensor,
} from "@sebench/spec";

/** The values of every parameter of a network, by the parameter's name. */
export type Weights = ReadonlyMap<string, Tensor>;

/** The problems that a message names; more would hide what the problems have in common. */
const namedProblems = 10;

interface Wording {
  /** The words that a message has for the weights; default: "the weights". */
  readonly what?: string;
  /** The name that a message has for a parameter; default: the parameter's own. */
  readonly told?: (parameter: string) => string;
}

/**
 * Throws an `InputError` unless the weights fit the network: every parameter is
 * there and no other, each has its shape and is finite, and no running variance is
 * below zero.
 */
export function checkWeights(
  network: Network,
  weights: Weights,
  { what = "the weights", told = (parameter) => parameter }: Wording = {},
): void {
  const parameters = parametersOf(network);
  const known = new Set(parameters.map(({ name }) => name));
  const problems = [
    ...new Set(parameters.map((parameter) => problemOf(parameter, weights, told(parameter.name)))),
    ...[...weights.keys()]
      .filter((name) => !known.has(name))
      .map((name) => `${name} is not a parameter of it`),
  ].filter((problem) => problem !== null);
  if (problems.length === 0) return;
  const named = problems.slice(0, namedProblems).join("; ");
  const more = problems.length - namedProblems;
  throw new InputError(
    `${what} do not fit ${network.name}: ${named}${more > 0 ? `; and ${more} more` : ""}`,
    { remedy: "give weights that were made for this network, in the layout that its name states" },
  );
}

function problemOf(
  { name: parameter, shape, slot }: DeclaredParameter,
  weights: Weights,
  name: string,
): string | null {
  const tensor = weights.get(parameter);
  if (tensor === undefined) return `${name} ${formatShape(shape)} is missing`;
  if (!sameShape(tensor.shape, shape)) {
    return `${name} is ${formatShape(tensor.shape)}, expected ${formatShape(shape)}`;
  }
  const { data } = tensor;
  if (data.length !== elementCount(shape)) {
    return `${name} has ${data.length} values, expected the ${elementCount(shape)} of ${formatShape(shape)}`;
  }
  const at = firstNotFinite(data);
  if (at !== -1) return `${name} holds ${data[at]} at index ${at}`;
  const negative = slot === "variance" ? data.findIndex((value) => value < 0) : -1;
  if (negative !== -1) {
    return `${name} holds ${data[negative]} at index ${negative}, and a variance is never below zero`;
  }
  return null;
}

/**
 * The index of the first value that is not finite, or -1. The loop is written out since
 * `findIndex` takes ten times as long on 60 million values.
 */
function firstNotFinite(data: Float32Array): number {
  for (let at = 0; at < data.length; at++) if (!Number.isFinite(data[at]!)) return at;
  return -1;
}

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
