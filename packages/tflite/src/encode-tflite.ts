import type { LoweredNetwork } from "@sebench/lowering";
import {
  InputError,
  inputShape,
  type Network,
  type Node,
  nodesWithInputs,
  type Op,
} from "@sebench/spec";
import { checkWeights, foldBatchNorm, type Weights } from "@sebench/weights";
import type { Activation } from "./flat/schema.ts";
import { type ModelFacts, writeTflite } from "./flat/write-model.ts";
import type { TfliteGraph } from "./graph/graph.ts";
import { GraphWriter, type Value } from "./graph/graph-writer.ts";
import { appliesActivation, writeNode } from "./graph/operators.ts";
import { type GroupedForm, tfliteShape, type WeightPrecision } from "./graph/site.ts";

export interface TfliteOptions {
  /** The number of images in one run, which is fixed since the model's shapes are static. */
  readonly batch: number;
  /**
   * How the file holds the weights of layers, default `fp32`. In `fp16` they are halves, which
   * DEQUANTIZE widens when the model is loaded; the engine chooses in what it computes.
   */
  readonly precision?: WeightPrecision;
  /** How convolutions in groups of several channels are written; default: as they are. */
  readonly grouped?: GroupedForm;
  /** Facts of the weights that the model's metadata repeats, beside the network's own. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The name of the model's only input, `[batch, height, width, 3]`. */
const inputName = "images";

/** The name of the model's only output, `[batch, classes]`. */
const outputName = "logits";

/**
 * Writes a network as the bytes of a TensorFlow Lite model with one float32 input `images`
 * `[batch, height, width, 3]` and one output `logits` `[batch, classes]`. Batch norms are folded,
 * and values have the names of the nodes that give them. The bytes may be a view of a larger buffer.
 *
 * @throws InputError if the batch is not a positive whole number, the weights do not fit the network
 *   or the precision, or an operator has no form in TensorFlow Lite
 */
export function encodeTflite(lowered: LoweredNetwork, options: TfliteOptions): Uint8Array {
  const { batch, precision = "fp32" } = options;
  if (!Number.isInteger(batch) || batch < 1) {
    throw new InputError(`a batch of ${batch} images cannot be run`, {
      remedy: "give a whole number of at least 1",
    });
  }
  if (lowered.layout === "nchwc") {
    throw new InputError(`the layout of ${lowered.lowering} has no form in TFLite`, {
      remedy: `choose a lowering without "nchwc/", which is onnxruntime-node/cpu's`,
    });
  }
  checkWeights(lowered.network, lowered.weights);
  const { network, weights } = foldBatchNorm(lowered.network, lowered.weights);
  return writeTflite(graphOf(network, weights, options), factsOf(lowered, precision, options));
}

function graphOf(
  network: Network,
  weights: Pick<Weights, "get">,
  options: TfliteOptions,
): TfliteGraph {
  const { batch, precision = "fp32", grouped = "grouped" } = options;
  const writer = new GraphWriter();
  const images = writer.value(inputName, tfliteShape(batch, inputShape(network)));
  const values = new Map<string, Value>([[network.nodes[0]!.name, images]]);
  const shapes = new Map(Array.from(nodesWithInputs(network), ([{ name }, of]) => [name, of]));
  const nonNegative = nonNegativeNodes(network);
  for (const { node, activation, gives } of fuseActivations(network)) {
    if (node.op.kind === "input") continue;
    const value = writeNode({
      node,
      batch,
      writer,
      inputs: node.inputs.map((name) => values.get(name)!),
      inputShapes: shapes.get(node.name)!,
      nonNegative: nonNegative.has(node.inputs[0]!),
      activation,
      gives: gives === network.output ? outputName : gives,
      weights,
      precision,
      grouped,
    });
    values.set(gives, value);
  }
  return writer.graph(network.name, [images], [values.get(network.output)!]);
}

function factsOf(
  { network, lowering }: LoweredNetwork,
  precision: WeightPrecision,
  { metadata = {} }: TfliteOptions,
): ModelFacts {
  const facts = { producer: "sebench", network: network.name, lowering, precision, ...metadata };
  return {
    description: `${network.name}: squeeze-and-excitation as ${lowering}, batch norm folded into the layers, ${precision} weights, by sebench.`,
    metadata: facts,
  };
}

/** A node, with the activation after it if the two are written together. */
interface FusedNode {
  readonly node: Node;
  readonly activation: Activation;
  /** The name of the node whose value the two give. */
  readonly gives: string;
}

/** Joins nodes that can apply an activation with the activation that is their only reader. */
function fuseActivations(network: Network): FusedNode[] {
  const readers = new Map<string, Node[]>(network.nodes.map(({ name }) => [name, []]));
  for (const node of network.nodes) {
    for (const input of node.inputs) readers.get(input)!.push(node);
  }
  const joined = new Set<Node>();
  return network.nodes.flatMap((node): FusedNode[] => {
    if (joined.has(node)) return [];
    const [reader, ...others] = readers.get(node.name)!;
    const isAlone = reader !== undefined && others.length === 0 && node.name !== network.output;
    const activation =
      isAlone && appliesActivation.has(node.op.kind) ? activationOf(reader.op) : null;
    if (activation === null) return [{ node, activation: "none", gives: node.name }];
    joined.add(reader!);
    return [{ node, activation, gives: reader!.name }];
  });
}

function activationOf(op: Op): Activation | null {
  if (op.kind === "relu") return "relu";
  if (op.kind !== "clip") return null;
  if (op.min === 0 && op.max === 6) return "relu6";
  return op.min === -1 && op.max === 1 ? "relu-n1-to-1" : null;
}

/** The names of the nodes none of whose values is below zero, whatever the images are. */
function nonNegativeNodes({ nodes }: Network): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { name, op, inputs } of nodes) {
    const holds =
      isNonNegative(op) || (keepsSign.has(op.kind) && inputs.every((of) => found.has(of)));
    if (holds) found.add(name);
  }
  return found;
}

function isNonNegative(op: Op): boolean {
  if (op.kind === "clip") return op.min >= 0;
  return op.kind === "relu" || op.kind === "sigmoid" || op.kind === "hardSigmoid";
}

/** The kinds of operators that give nothing below zero of inputs that hold nothing below zero. */
const keepsSign: ReadonlySet<Op["kind"]> = new Set([
  "maxPool",
  "avgPool",
  "globalAvgPool",
  "globalMaxPool",
  "reduceMean",
  "upsample",
  "add",
  "mul",
  "concat",
  "channelShuffle",
]);
