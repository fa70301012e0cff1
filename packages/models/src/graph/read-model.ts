import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, sep } from "node:path";
import { InputError } from "@sebench/spec";
import { type ByteSource, openBytes, sha256Of } from "../proto/byte-source.ts";
import { fieldsOf, intOf, spanOf, textOf, WireFault } from "../proto/wire.ts";
import { inlineCalls, type ModelFunctions, readFunction } from "./functions.ts";
import {
  bodiesOf,
  type Constant,
  type Graph,
  type Model,
  type Node,
  sizeOf,
  titleOf,
} from "./model.ts";
import { inOrder } from "./order.ts";
import { bytesOf, readEntry } from "./read-constant.ts";
import { readGraph } from "./read-graph.ts";

/**
 * Reads an ONNX model without its weights, however large they are.
 *
 * @throws InputError that says in one sentence what is wrong with the file, and what helps
 */
export function readModel(path: string): Model {
  using source = openBytes(path);
  try {
    refuseOtherFormats(source);
    const parts = readParts(source);
    const { graph: flat, inlined } = inlineCalls(parts.graph, parts.functions);
    refuseOwnLayout(flat);
    const graph = inOrder(flat);
    checkExternal(path, graph);
    const { irVersion, producer, metadata, opsets } = parts;
    return {
      path,
      bytes: source.size,
      sha256: sha256Of(source),
      irVersion,
      opsets,
      producer,
      metadata,
      graph,
      inlined,
      reordered: graph.nodes.some((node, index) => node.outputs !== flat.nodes[index]!.outputs),
      weightBytes: constantsIn(graph).reduce(
        (sum, { type, dims }) => sum + bytesOf(type, sizeOf(dims)),
        0,
      ),
    };
  } catch (cause) {
    if (cause instanceof WireFault) throw notOnnx(path, cause);
    if (!(cause instanceof InputError)) throw cause;
    const { message, remedy } = cause;
    throw new InputError(`${path}: ${message}`, { ...(remedy && { remedy }), cause });
  }
}

interface Parts extends Pick<Model, "irVersion" | "producer" | "metadata" | "opsets" | "graph"> {
  readonly functions: ModelFunctions;
}

/** Reads the ModelProto. */
function readParts(source: ByteSource): Parts {
  const producer = { name: "", version: "" };
  const metadata: [string, string][] = [];
  const opsets = new Map<string, number>();
  const functions = new Map<string, ReturnType<typeof readFunction>[1]>();
  let [irVersion, graph]: [number, Graph | null] = [0, null];
  for (const field of fieldsOf(source, { start: 0, end: source.size })) {
    const { number } = field;
    if (number === 1) irVersion = intOf(field);
    else if (number === 2) producer.name = textOf(source, field);
    else if (number === 3) producer.version = textOf(source, field);
    else if (number === 7 && graph !== null) throw new WireFault("it has two graphs");
    else if (number === 7) graph = readGraph(source, spanOf(field));
    else if (number === 8) opsets.set(...readOpset(source, spanOf(field)));
    else if (number === 14) metadata.push(readEntry(source, spanOf(field)));
    else if (number === 25) functions.set(...readFunction(source, spanOf(field)));
  }
  if (graph === null) throw new WireFault("it has no graph");
  if (!opsets.has("") && graph.nodes.some(({ domain }) => domain === "")) {
    throw new WireFault("it does not say which version of ONNX's operators it uses");
  }
  return { irVersion, producer, metadata, opsets, functions, graph };
}

function readOpset(source: ByteSource, span: Parameters<typeof fieldsOf>[1]): [string, number] {
  let [domain, version] = ["", 1];
  for (const field of fieldsOf(source, span)) {
    if (field.number === 1) domain = textOf(source, field);
    else if (field.number === 2) version = intOf(field);
  }
  return [domain === "ai.onnx" ? "" : domain, version];
}

/** Formats that are mistaken for ONNX: the bytes that they begin with, from an offset on. */
const otherFormats: readonly (readonly [number, string, string, string])[] = [
  [
    0,
    "version https://git-lfs",
    "is a pointer of Git LFS",
    "fetch the file itself with `git lfs pull`",
  ],
  [
    0,
    "PK\u0003\u0004",
    "is a zip file, such as PyTorch writes",
    "export it with torch.onnx.export",
  ],
  [4, "TFL3", "is a .tflite model", "give the model as ONNX"],
  [4, "ORTM", "is in onnxruntime's own format", "give the .onnx file that it was made from"],
  [
    0,
    "{",
    "is JSON",
    "give the model as ONNX; of a tfjs graph model's model.json `bench inspect` tells what is in it",
  ],
  [
    0,
    "<",
    "is markup, such as a page that was fetched in place of the file",
    "fetch the file again",
  ],
];

function refuseOtherFormats(source: ByteSource): void {
  const head = Buffer.from(source.peek(0, 64)).toString("latin1");
  for (const [at, mark, what, remedy] of otherFormats) {
    if (head.startsWith(mark, at))
      throw new InputError(`it ${what}, and no ONNX model`, { remedy });
  }
}

/** Domains whose operators are known to one program alone, once it has optimised a model. */
function refuseOwnLayout({ nodes }: Graph): void {
  const node = nodes.find(({ domain }) => domain === "com.microsoft.nchwc");
  if (node === undefined) return;
  throw new InputError(
    `it was saved by onnxruntime in the layout of one machine (node ${titleOf(node)} is its ${node.op})`,
    { remedy: "give the original, from which onnxruntime made this file" },
  );
}

/** Every tensor of a graph: initializers and Constant nodes, of its bodies as well. */
export function constantsIn({ constants, nodes }: Graph): Constant[] {
  return [...constants, ...nodes.flatMap(constantsOfNode)];
}

function constantsOfNode(node: Node): Constant[] {
  const own = node.op === "Constant" ? (node.attributes.get("value") ?? null) : null;
  const bodies = bodiesOf(node).flatMap(constantsIn);
  if (own?.kind !== "constant") return bodies;
  return [{ ...own.constant, name: node.outputs[0] ?? "" }, ...bodies];
}

/** The files that hold a model's weights, relative to its folder, as the model has them. */
export function externalFiles(path: string): string[] {
  const places = constantsIn(readModel(path).graph).map(({ external }) => external?.location ?? "");
  return [...new Set(places)].filter((place) => place !== "");
}

/** Refuses weights in files that are not beside the model, or end too early. */
function checkExternal(path: string, graph: Graph): void {
  const folder = realpathSync(dirname(path));
  const ends = new Map<string, { end: number; name: string }>();
  for (const { external, name } of constantsIn(graph)) {
    if (external === null) continue;
    const { location, offset, length } = external;
    const end = Math.max(offset + length, ends.get(location)?.end ?? 0);
    ends.set(location, { end, name });
  }
  for (const [location, { end, name }] of ends) {
    if (leavesFolder(folder, location)) {
      throw new InputError(
        `the tensor ${name} has its values in "${location}", which is not in the model's folder`,
        { remedy: "save the model with its weights beside it (onnx.save_model)" },
      );
    }
    const file = join(folder, location);
    const size = existsSync(file) && statSync(file).isFile() ? statSync(file).size : null;
    if (size !== null && size >= end) continue;
    const what = size === null ? "is not there" : `ends at byte ${size} and not at ${end}`;
    throw new InputError(`the file of its weights, ${location}, ${what}`, {
      remedy: "copy it from where the model was exported, into the model's folder",
    });
  }
}

/** Whether a path that a model names leads out of the folder of the model, be it by a link. */
export function leavesFolder(folder: string, location: string): boolean {
  const isName = location !== "" && !/[\0\\]|^[A-Za-z]:/.test(location) && !isAbsolute(location);
  if (!isName || location.split("/").includes("..")) return true;
  const file = join(folder, location);
  return existsSync(file) && !realpathSync(file).startsWith(folder + sep);
}

function notOnnx(path: string, cause: WireFault): InputError {
  return new InputError(`${path} is no ONNX model, or is damaged or cut off: ${cause.message}`, {
    remedy: "give a .onnx file; fetch or export it again if it should be one",
    cause,
  });
}
