import {
  formatShape,
  InputError,
  type Network,
  type Node,
  nodeOf,
  type Parameter,
  type ParameterSlot,
  sameShape,
  type Tensor,
} from "@sebench/spec";
import type { Weights } from "@sebench/weights";
import { concat } from "./channels.ts";
import { type Activation, evaluate } from "./evaluate.ts";
import { splitImages } from "./images.ts";

/**
 * The logits of each image, row-major `[images, classes]`, computed in float64 from the graph as it
 * stands. `images` are NCHW. Sums run in an order of the executor's own: in float64 no order moves a
 * logit by more than about 1e-12 of the largest.
 *
 * Throws an `InputError` if the images or weights do not fit the network, and an `Error` that
 * names the first node whose output is not finite.
 */
export function runReference(network: Network, weights: Weights, images: Tensor): Float64Array {
  const rows = splitImages(network, images).map((image) => logitsOf(network, weights, image));
  return concat(rows);
}

/** The outputs of the named nodes for one image `[1, channels, height, width]`, row-major. */
export function runReferenceNodes(
  network: Network,
  weights: Weights,
  image: Tensor,
  names: readonly string[],
): ReadonlyMap<string, Float64Array> {
  const [only, ...others] = splitImages(network, image);
  if (only === undefined || others.length > 0) {
    throw new InputError(`node outputs are of one image, but ${image.shape[0]} are given`, {
      remedy: "give the images one by one",
    });
  }
  return outputsOf(network, weights, only, names);
}

/** The logits `[classes]` of one image. */
export function logitsOf(network: Network, weights: Weights, image: Float64Array): Float64Array {
  return outputsOf(network, weights, image, [network.output]).get(network.output)!;
}

/** Keeps the outputs of the named nodes; an output that is not asked for is dropped after its last reader. */
function outputsOf(
  network: Network,
  weights: Weights,
  image: Float64Array,
  names: readonly string[],
): Map<string, Float64Array> {
  const wanted = new Set(names.map((name) => nodeOf(network, name).name));
  const outputs = new Map<string, Float64Array>();
  for (const { node, data } of evaluateNodes(network, weights, image)) {
    requireFinite(data, node);
    if (wanted.has(node.name)) outputs.set(node.name, data);
    if (outputs.size === wanted.size) break;
  }
  return outputs;
}

/** A node that was evaluated for one image. */
export interface EvaluatedNode {
  readonly node: Node;
  /** What the node reads, in its order; the image itself for the network's input. */
  readonly inputs: readonly Activation[];
  /** The values of the node, row-major. */
  readonly data: Float64Array;
}

/** Changes the values of a node before other nodes read them, as a number format with less room does. */
export type ChangeValues = (evaluated: EvaluatedNode) => Float64Array;

/**
 * Evaluates a network for one image and yields node after node, whatever the values are. A node's
 * values are forgotten once its last reader has been evaluated.
 *
 * @throws InputError where the weights do not fit the network
 */
export function* evaluateNodes(
  network: Network,
  weights: Weights,
  image: Float64Array,
  change: ChangeValues = ({ data }) => data,
): Generator<EvaluatedNode> {
  const lastReader = new Map(
    network.nodes.flatMap((node) => node.inputs.map((input) => [input, node.name] as const)),
  );
  const live = new Map<string, Activation>();
  for (const node of network.nodes) {
    const inputs =
      node.op.kind === "input"
        ? [{ shape: node.shape, data: image }]
        : node.inputs.map((input) => read(live, input, node));
    const data = change({ node, inputs, data: evaluateNode(node, inputs, weights) });
    live.set(node.name, { shape: node.shape, data });
    yield { node, inputs, data };
    for (const input of node.inputs) if (lastReader.get(input) === node.name) live.delete(input);
  }
}

/** The values that one node gives for inputs of any origin, computed in float64. */
export function evaluateNode(
  node: Node,
  inputs: readonly Activation[],
  weights: Weights,
): Float64Array {
  const parameters = parametersFrom(weights, node);
  return evaluate(node.op, { inputs, parameters, outputShape: node.shape });
}

function read(live: ReadonlyMap<string, Activation>, input: string, reader: Node): Activation {
  const activation = live.get(input);
  if (activation) return activation;
  throw new InputError(`${reader.name} reads ${input}, which does not come before it`);
}

function parametersFrom(weights: Weights, node: Node): Partial<Record<ParameterSlot, Tensor>> {
  const entries = Object.entries(node.parameters) as [ParameterSlot, Parameter][];
  return Object.fromEntries(entries.map(([slot, each]) => [slot, tensorOf(weights, each, node)]));
}

function tensorOf(weights: Weights, parameter: Parameter, node: Node): Tensor {
  const tensor = weights.get(parameter.name);
  if (tensor && sameShape(tensor.shape, parameter.shape)) return tensor;
  const found = tensor ? `are ${formatShape(tensor.shape)}` : "are missing";
  throw new InputError(
    `${node.name} needs weights ${parameter.name} ${formatShape(parameter.shape)}, which ${found}`,
    { remedy: "give weights that were made for this network, or one of its layouts" },
  );
}

function requireFinite(data: Float64Array, node: Node): void {
  let finite = true;
  for (let index = 0; index < data.length; index++) finite &&= Number.isFinite(data[index]);
  if (!finite) throw new Error(`the output of ${node.name} is not finite`);
}
