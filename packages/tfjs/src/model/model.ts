import type { LoweredNetwork } from "@sebench/lowering";
import type { EncodedModel, Precision, SessionOptions } from "@sebench/runtime";
import { elementCount, inputShape, nodesWithInputs, type Network, type Node } from "@sebench/spec";
import { foldBatchNorm } from "@sebench/weights";
import type { Forms } from "./forms.ts";
import {
  type Constant,
  type ConstantRecipe,
  type KernelCall,
  KernelWriter,
} from "./kernel-writer.ts";
import { writeNode } from "./kernels.ts";
import type { FusedActivation } from "./site.ts";

/** A network as calls of tfjs's kernels, in order, with the constants in the kernels' layout. */
export interface TfjsModel extends EncodedModel {
  /** The shape of the images, `[batch, channels, height, width]`. */
  readonly inputShape: readonly [number, number, number, number];
  readonly calls: readonly KernelCall[];
  /** The constants by their names in the calls. */
  readonly constants: ReadonlyMap<string, Constant>;
  /** The name of the images `[batch, height, width, channels]`. */
  readonly input: string;
  /** The name of the logits, `batch` rows of `classes`. */
  readonly output: string;
  readonly forms: Forms;
  readonly precision: Precision;
}

export function encodeModel(
  lowered: LoweredNetwork,
  { batch, precision }: Pick<SessionOptions, "batch" | "precision">,
  forms: Forms,
): TfjsModel {
  const { network, weights } = foldBatchNorm(lowered.network, lowered.weights);
  const writer = new KernelWriter();
  const input = network.nodes[0]!.name;
  const values = new Map([[input, input]]);
  const shapes = new Map(Array.from(nodesWithInputs(network), ([{ name }, of]) => [name, of]));
  for (const { node, activation, gives } of fuseActivations(network)) {
    if (node.op.kind === "input") continue;
    const { shape, parameters } = node;
    const inputs = node.inputs.map((name) => values.get(name)!);
    const inputShapes = shapes.get(node.name)!;
    const site = { batch, forms, inputs, inputShapes, shape, parameters, activation };
    writer.enter(node.name);
    values.set(gives, writeNode(site, node.op, writer));
  }
  const constants = makeConstants(writer.recipes, weights.inTurn());
  return {
    inputShape: [batch, ...inputShape(network)],
    calls: writer.calls,
    constants,
    input,
    output: values.get(network.output)!,
    forms,
    precision,
    byteLength: [...constants.values()].reduce((sum, { data }) => sum + data.byteLength, 0),
  };
}

/** Makes the constants, reading each parameter once, since folded parameters are computed when read. */
function makeConstants(
  recipes: readonly ConstantRecipe[],
  parameters: Iterable<readonly [string, { readonly data: Float32Array }]>,
): Map<string, Constant> {
  const constants = new Map<string, Constant>();
  const make = ({ name, shape, arrange }: ConstantRecipe, source: Float32Array) => {
    const data = new Float32Array(elementCount(shape));
    arrange(source, data);
    constants.set(name, { shape, data });
  };
  const ofParameter = new Map<string, ConstantRecipe[]>();
  for (const recipe of recipes) {
    const { parameter } = recipe;
    if (parameter === null) make(recipe, new Float32Array());
    else ofParameter.set(parameter, [...(ofParameter.get(parameter) ?? []), recipe]);
  }
  for (const [name, { data }] of parameters) {
    for (const recipe of ofParameter.get(name) ?? []) make(recipe, data);
  }
  return constants;
}

/** A node, with the activation after it if the two are written together. */
export interface FusedNode {
  readonly node: Node;
  readonly activation: FusedActivation | null;
  /** The name of the node whose value the two give. */
  readonly gives: string;
}

/** Joins each convolution and dense layer with a ReLU, ReLU6 or sigmoid that is its only reader. */
export function fuseActivations(network: Network): FusedNode[] {
  const readers = readersOf(network);
  const joined = new Set<Node>();
  const fused: FusedNode[] = [];
  for (const node of network.nodes) {
    if (joined.has(node)) continue;
    const reader = onlyReader(node, readers.get(node.name), network);
    const activation = reader && isLayer(node) ? activationOf(reader) : null;
    if (reader && activation) joined.add(reader);
    fused.push({ node, activation, gives: reader && activation ? reader.name : node.name });
  }
  return fused;
}

function readersOf(network: Network): Map<string, Node[]> {
  const readers = new Map<string, Node[]>(network.nodes.map(({ name }) => [name, []]));
  for (const node of network.nodes) {
    for (const input of node.inputs) readers.get(input)!.push(node);
  }
  return readers;
}

function onlyReader(node: Node, readers: readonly Node[] = [], network: Network): Node | null {
  const [reader, ...others] = readers;
  return reader && others.length === 0 && node.name !== network.output ? reader : null;
}

function isLayer({ op }: Node): boolean {
  return op.kind === "conv2d" || op.kind === "dense";
}

function activationOf({ op }: Node): FusedActivation | null {
  if (op.kind === "clip" && op.min === 0 && op.max === 6) return "relu6";
  return op.kind === "relu" || op.kind === "sigmoid" ? op.kind : null;
}
