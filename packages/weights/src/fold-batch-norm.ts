import {
  InputError,
  type Network,
  type Node,
  type Parameter,
  parametersOf,
  type Tensor,
} from "@sebench/spec";
import type { Weights } from "./weights/weights.ts";

/**
 * Folds every batch norm that is the only reader of a `conv2d` or `dense` into that
 * layer: the weights take the scale, a bias takes the shift, and the batch norm goes.
 * The layer keeps its name; its bias is named after its weight ("conv1.bias").
 *
 * The new weights are computed in float64 and rounded once to float32, each time
 * that they are read; weights that do not change are shared.
 */
export function foldBatchNorm(
  network: Network,
  weights: Weights,
): { network: Network; weights: DerivedWeights } {
  const foldings = foldingsOf(network);
  const layers = new Map(foldings.map((folding) => [folding.layer.name, folding]));
  const norms = new Map(foldings.map(({ norm, layer }) => [norm.name, layer.name]));
  const renamed = (name: string) => norms.get(name) ?? name;
  const nodes = network.nodes
    .filter((node) => !norms.has(node.name))
    .map((node): Node => {
      const { weight, bias } = layers.get(node.name) ?? {};
      const parameters = weight && bias ? { weight, bias } : node.parameters;
      return Object.assign({}, node, { inputs: node.inputs.map(renamed), parameters });
    });
  const folded = { ...network, nodes, output: renamed(network.output) };

  const sources = new Map<string, TensorSource>();
  for (const { name } of parametersOf(folded)) {
    sources.set(name, () => tensorOf(weights, name));
  }
  for (const folding of foldings) {
    sources.set(folding.weight.name, (allocate) => foldedWeight(folding, weights, allocate));
    sources.set(folding.bias.name, () => foldedBias(folding, weights));
  }
  return { network: folded, weights: new DerivedWeights(sources) };
}

interface Folding {
  readonly layer: Node;
  readonly norm: Node;
  readonly epsilon: number;
  readonly weight: Parameter;
  /** The layer's own bias, or a new one. */
  readonly bias: Parameter;
}

function foldingsOf(network: Network): Folding[] {
  const nodes = new Map(network.nodes.map((node) => [node.name, node]));
  const readers = countEach([network.output, ...network.nodes.flatMap(({ inputs }) => inputs)]);
  const uses = countEach(parametersOf(network).map(({ name }) => name));
  const taken = new Set(uses.keys());
  const foldings: Folding[] = [];
  for (const norm of network.nodes) {
    if (norm.op.kind !== "batchNorm") continue;
    const layer = nodes.get(norm.inputs[0]!)!;
    const { weight, bias: own } = layer.parameters;
    if (layer.op.kind !== "conv2d" && layer.op.kind !== "dense") continue;
    // A layer is left alone if another node reads it, too, or if another layer has its parameters.
    if (weight === undefined || readers.get(layer.name) !== 1) continue;
    if ([weight, own].some((parameter) => parameter && uses.get(parameter.name) !== 1)) continue;
    const bias = own ?? { name: newBiasName(weight.name, taken), shape: [weight.shape[0]!] };
    taken.add(bias.name);
    foldings.push({ layer, norm, epsilon: norm.op.epsilon, weight, bias });
  }
  return foldings;
}

function countEach(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function newBiasName(weight: string, taken: ReadonlySet<string>): string {
  let name = weight.endsWith("weight") ? weight.replace(/weight$/, "bias") : `${weight}.bias`;
  while (taken.has(name)) name += ".folded";
  return name;
}

function foldedWeight(
  { norm, epsilon, weight }: Folding,
  weights: Weights,
  allocate: Allocate,
): Tensor {
  const { shape, data } = tensorOf(weights, weight.name);
  const { scale } = affineOf(norm, epsilon, weights);
  const perChannel = data.length / scale.length;
  const folded = allocate(data.length);
  for (let channel = 0; channel < scale.length; channel++) {
    const factor = scale[channel]!;
    const end = (channel + 1) * perChannel;
    for (let at = channel * perChannel; at < end; at++) folded[at] = data[at]! * factor;
  }
  return { shape, data: folded };
}

function foldedBias({ layer, norm, epsilon, bias }: Folding, weights: Weights): Tensor {
  const { scale, mean, shift } = affineOf(norm, epsilon, weights);
  const own = layer.parameters.bias && tensorOf(weights, layer.parameters.bias.name).data;
  const data = new Float32Array(scale.length);
  for (let channel = 0; channel < scale.length; channel++) {
    const before = own?.[channel] ?? 0;
    data[channel] = (before - mean[channel]!) * scale[channel]! + shift[channel]!;
  }
  return { shape: bias.shape, data };
}

/** A batch norm in the form `(x - mean) * scale + shift`, for each channel. */
function affineOf(norm: Node, epsilon: number, weights: Weights) {
  const { weight, bias, mean, variance } = norm.parameters;
  const values = (parameter: Parameter | undefined) => tensorOf(weights, parameter!.name).data;
  const gamma = values(weight);
  const scale = Float64Array.from(
    values(variance),
    (spread, channel) => gamma[channel]! / Math.sqrt(spread + epsilon),
  );
  return { scale, mean: values(mean), shift: values(bias) };
}

function tensorOf(weights: Weights, name: string): Tensor {
  const tensor = weights.get(name);
  if (tensor) return tensor;
  throw new InputError(`the weights lack ${name}, and the batch norms cannot be folded`, {
    remedy: "give weights that were made for this network",
  });
}

/** Gives memory for a number of values. */
type Allocate = (length: number) => Float32Array;

/** Computes a tensor in memory from `allocate`, or returns a tensor that exists. */
export type TensorSource = (allocate: Allocate) => Tensor;

const newMemory: Allocate = (length) => new Float32Array(length);

/**
 * Weights that are computed whenever they are read, so that a reader who takes one
 * after the other never holds more than one. A reader who needs them often copies
 * them (`new Map(weights)`).
 */
export class DerivedWeights implements Weights {
  readonly #sources: ReadonlyMap<string, TensorSource>;

  constructor(sources: ReadonlyMap<string, TensorSource>) {
    this.#sources = sources;
  }

  /**
   * Yields all weights, each valid until the next is taken, since all computed
   * tensors share one memory: getting new memory from the system takes longer than
   * computing a tensor.
   */
  *inTurn(): Generator<[string, Tensor]> {
    let memory = newMemory(0);
    for (const [name, derive] of this.#sources) {
      const tensor = derive((length) => {
        if (memory.length < length) memory = newMemory(length);
        return memory.subarray(0, length);
      });
      yield [name, tensor];
    }
  }

  get size(): number {
    return this.#sources.size;
  }

  has(name: string): boolean {
    return this.#sources.has(name);
  }

  get(name: string): Tensor | undefined {
    return this.#sources.get(name)?.(newMemory);
  }

  keys(): MapIterator<string> {
    return this.#sources.keys();
  }

  *values(): MapIterator<Tensor> {
    for (const derive of this.#sources.values()) yield derive(newMemory);
  }

  *entries(): MapIterator<[string, Tensor]> {
    for (const [name, derive] of this.#sources) yield [name, derive(newMemory)];
  }

  [Symbol.iterator](): MapIterator<[string, Tensor]> {
    return this.entries();
  }

  forEach(visit: (tensor: Tensor, name: string, weights: Weights) => void): void {
    for (const [name, tensor] of this) visit(tensor, name, this);
  }
}
