import { InputError } from "@sebench/spec";
import type { Constant, Dims, Model, Node, Value } from "../graph/model.ts";
import { inOrder } from "../graph/order.ts";
import { type ByteSource, openBytes, sha256Of } from "../proto/byte-source.ts";
import { Lowering } from "./lowering.ts";
import { type GraphNode, type GraphShape, type ModelJson, parseModelJson } from "./model-json.ts";
import { opRules } from "./op-rules.ts";
import { readWeights, type Weights } from "./weights.ts";

/** A graph model of tfjs, and the same in ONNX's operators. */
export interface GraphModel {
  /** The model in ONNX's operators, as the finder of blocks reads it. */
  readonly model: Model;
  /** The nodes as the file has them, without constants and inputs. */
  readonly nodes: readonly GraphNode[];
  /** The node of the file for which a node of the model stands; those of layout alone have none. */
  readonly origins: ReadonlyMap<Node, GraphNode>;
  readonly storedAs: Weights["storedAs"];
  /** The files and weights of the manifest, as the file has them. */
  readonly manifest: ModelJson["weightsManifest"];
  /** The text of the file. */
  readonly text: string;
  /** The functions that nodes call, into which nothing here looks. */
  readonly functions: number;
}

/** Whether a file begins as JSON does. */
export function isJson(path: string): boolean {
  using source = openBytes(path);
  const head = Buffer.from(source.peek(0, 64)).toString("latin1");
  return /^(?:\u00ef\u00bb\u00bf)?\s*[[{]/.test(head);
}

/** The names of the files that hold a graph model's weights, as it has them. */
export const weightFiles = (path: string): string[] => [
  ...new Set(readGraphModel(path).manifest.flatMap(({ paths }) => paths)),
];

/** The longest model.json that is read, in bytes. */
const longest = 2 ** 28;

/**
 * Reads a graph model of tfjs, its weights left in their files but for small ones.
 *
 * @throws InputError that says in one sentence what is wrong with the files, and what helps
 */
export function readGraphModel(path: string): GraphModel {
  using source = openBytes(path);
  try {
    const text = textOf(source);
    const json = parseModelJson(text);
    const manifest = json.weightsManifest;
    const weights = readWeights(path, manifest);
    const file = { path, bytes: source.size, sha256: sha256Of(source) };
    return { ...assembled(json, weights, file), manifest, text };
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    const { message, remedy } = cause;
    throw new InputError(`${path}: ${message}`, { ...(remedy && { remedy }), cause });
  }
}

function textOf(source: ByteSource): string {
  if (source.size > longest) {
    throw new InputError(`it is JSON of more than ${longest / 2 ** 20} MB`, {
      remedy: "give a model.json, whose weights are in files beside it",
    });
  }
  const text = new TextDecoder().decode(source.read({ start: 0, end: source.size }));
  return text.replace(/^\uFEFF/, "");
}

function assembled(
  json: ModelJson,
  weights: Weights,
  file: Pick<Model, "path" | "bytes" | "sha256">,
): Omit<GraphModel, "manifest" | "text"> {
  const all = json.modelTopology.node.filter(({ op }) => op !== "NoOp");
  const byName = namesOf(all);
  const nodes = all.filter(({ op }) => op !== "Const" && op !== "Placeholder");
  const constants = constantsOf(all, weights);
  const outputs = outputsOf(json, all, byName);
  const read = furtherOutputs([...all.flatMap(({ input }) => input.map(tensorOf)), ...outputs]);
  const origins = new Map<Node, GraphNode>();
  const lowered = nodes.flatMap((node) => lower(node, { byName, constants, read, origins }));
  const inputs = all.filter(({ op }) => op === "Placeholder").map((node) => inputOf(node, json));
  const ordered = inOrder({
    name: "",
    nodes: lowered,
    constants: [...constants.values()],
    defaults: new Set(),
    inputs,
    outputs: outputs.map((name) => ({ name, type: 0, dims: null })),
    values: [],
  });
  const calls = nodes.filter(({ op }) => /^(?:Stateless)?(?:If|While)$|PartitionedCall$/.test(op));
  return {
    model: {
      ...file,
      irVersion: 0,
      // The rules of shapes read these operators as opset 13 has them.
      opsets: new Map([["", 13]]),
      producer: { name: json.convertedBy ?? "", version: "" },
      metadata: [],
      graph: ordered,
      inlined: 0,
      reordered: false,
      weightBytes: weights.bytes,
    },
    nodes,
    origins,
    storedAs: weights.storedAs,
    functions: calls.length,
  };
}

function namesOf(nodes: readonly GraphNode[]): Map<string, GraphNode> {
  const byName = new Map<string, GraphNode>();
  for (const node of nodes) {
    if (byName.has(node.name)) {
      throw new InputError(`two nodes have the name ${node.name}`, {
        remedy: "convert the model again: in a graph model each name is one node's",
      });
    }
    byName.set(node.name, node);
  }
  return byName;
}

/** The constants by name, each with the weights that the manifest has for it. */
function constantsOf(nodes: readonly GraphNode[], { constants }: Weights): Map<string, Constant> {
  const known = new Map(constants.map((constant) => [constant.name, constant]));
  const used = new Map<string, Constant>();
  for (const { name, op } of nodes) {
    if (op !== "Const") continue;
    const constant = known.get(name);
    if (constant === undefined) {
      throw new InputError(`the manifest has no weights for the constant ${name}`, {
        remedy: "convert the model again, and copy all of its files",
      });
    }
    used.set(name, constant);
  }
  return used;
}

/** A tensor's name: that of its node, with the number of the output from the second on. */
function tensorOf(reference: string): string {
  const [name, ...rest] = reference.replace(/^\^/, "").split(":");
  const output = rest.at(-1);
  return output === undefined || output === "0" ? name! : `${name}:${output}`;
}

function inputOf({ name, attr }: GraphNode, json: ModelJson): Value {
  const signature = json.signature ?? json.userDefinedMetadata?.signature;
  const asked = Object.entries(signature?.inputs ?? {}).find(
    ([key, value]) => tensorOf(value.name ?? key) === name,
  )?.[1].tensorShape;
  const own = attr["shape"]?.shape;
  const dims = dimsOf(own) ?? dimsOf(asked);
  return { name, type: typeNumbers.get(attr["dtype"]?.type ?? "") ?? 0, dims };
}

const typeNumbers: ReadonlyMap<string, number> = new Map([
  ...Object.entries({
    DT_FLOAT: 1,
    DT_INT32: 6,
    DT_BOOL: 9,
    DT_STRING: 8,
    DT_INT64: 7,
    DT_HALF: 10,
    DT_UINT8: 2,
  }),
  ...Object.entries({ 1: 1, 3: 6, 10: 9, 7: 8, 9: 7, 19: 10, 4: 2 }),
]);

/** A shape of the file, or null where the number of its axes is not known. */
function dimsOf(given: GraphShape | undefined): Dims | null {
  if (given === undefined || given.unknownRank === true) return null;
  return (given.dim ?? []).map(({ size }) => (size < 0 ? null : size));
}

/** The outputs by the signature, or else what no node reads. */
function outputsOf(
  { signature, userDefinedMetadata }: ModelJson,
  nodes: readonly GraphNode[],
  byName: ReadonlyMap<string, GraphNode>,
): string[] {
  const own = (signature ?? userDefinedMetadata?.signature)?.outputs ?? {};
  const names = Object.entries(own).map(([key, value]) => tensorOf(value.name ?? key));
  const isThere = (name: string) => byName.has(name.split(":")[0]!);
  if (names.length > 0) {
    const missing = names.find((name) => !isThere(name));
    if (missing === undefined) return [...new Set(names)];
    throw new InputError(`its output ${missing} is none of its nodes`, { remedy: again });
  }
  const read = new Set(
    nodes.flatMap(({ input }) => input.map((each) => tensorOf(each).split(":")[0])),
  );
  return nodes.filter(({ name, op }) => op !== "Const" && !read.has(name)).map(({ name }) => name);
}

function furtherOutputs(tensors: readonly string[]): Map<string, Set<string>> {
  const further = new Map<string, Set<string>>();
  for (const tensor of tensors) {
    const [name, output] = tensor.split(":") as [string, string?];
    if (output === undefined) continue;
    const known = further.get(name);
    if (known) known.add(tensor);
    else further.set(name, new Set([tensor]));
  }
  return further;
}

const again = "convert the model again: the file is damaged";

interface Place {
  readonly byName: ReadonlyMap<string, GraphNode>;
  readonly constants: ReadonlyMap<string, Constant>;
  /** The outputs from the second on that something reads, by the name of the node. */
  readonly read: ReadonlyMap<string, ReadonlySet<string>>;
  readonly origins: Map<Node, GraphNode>;
}

/** The nodes of ONNX's operators that stand for a node; their last outputs have its names. */
function lower(node: GraphNode, { byName, constants, read, origins }: Place): Node[] {
  const data = node.input.filter((name) => !name.startsWith("^")).map(tensorOf);
  for (const name of data) {
    if (byName.has(name.split(":")[0]!)) continue;
    throw new InputError(`node ${node.name} reads ${name}, which is none of its nodes`, {
      remedy: again,
    });
  }
  // A loop comes back to its Merge, which is the one cycle that a graph model may have.
  const isBack = (name: string) => byName.get(name.split(":")[0]!)?.op === "NextIteration";
  const inputs = node.op === "Merge" ? data.filter((name) => !isBack(name)) : data;
  const lowering = new Lowering(node, inputs, (name) => constants.get(name)?.values ?? null);
  const outputs = [...(opRules.get(node.op)?.(lowering) ?? lowering.opaque())];
  const names = outputs.map((_, at) => (at === 0 ? node.name : `${node.name}:${at}`));
  const missing = [...(read.get(node.name) ?? [])].filter((name) => !names.includes(name));
  const named = lowering.named(outputs, names);
  for (const made of named) if (!lowering.layouts.has(made)) origins.set(made, node);
  if (missing.length === 0) return named;
  const rest: Node = {
    ...named[0]!,
    op: `tfjs:${node.op}`,
    inputs,
    outputs: missing,
    attributes: new Map(),
  };
  origins.set(rest, node);
  return [...named, rest];
}
