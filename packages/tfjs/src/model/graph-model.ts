import type { EncodedModel, ModelFile } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type * as converter from "@tensorflow/tfjs-converter";
import type { io } from "@tensorflow/tfjs-core";

/** A graph model of the user's, as tfjs-converter loads it from memory. */
export interface GraphModelFile extends EncodedModel {
  readonly artifacts: io.ModelArtifacts;
  /** tfjs-converter, which is loaded with the file, so that no preparing pays for it. */
  readonly library: typeof converter;
  /** The inputs by their keys, which are the signature's where it has one. */
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /** Whether the graph has operators that tfjs executes asynchronously alone. */
  readonly isAsynchronous: boolean;
}

/** An input or output of a graph model. */
interface GraphValue {
  /** The name of an input's node, or of an output's tensor. */
  readonly name: string;
  /** The name by which tfjs-converter knows it. */
  readonly key: string;
}

/** The part of a model.json that is read here; the models package has checked the rest. */
interface ModelJson {
  readonly modelTopology: {
    readonly node: readonly {
      readonly name: string;
      readonly op: string;
      readonly input?: readonly string[];
    }[];
    readonly versions?: object;
  };
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: io.WeightsManifestEntry[];
  }[];
  readonly signature?: Signature;
  readonly userDefinedMetadata?: { readonly signature?: Signature };
}

type Named = Readonly<Record<string, { readonly name?: string }>>;

interface Signature {
  readonly inputs?: Named;
  readonly outputs?: Named;
}

/** The operators that tfjs-converter 4.22 executes by `executeAsync` alone. */
const asynchronous =
  /^(?:Switch|Merge|Enter|Exit|NextIteration|(?:Stateless)?(?:If|While)|NonMaxSuppressionV[235]|Where|(?:HashTable|LookupTable).*)$/;

/**
 * Takes a graph model's files, whose bytes are in memory: nothing is fetched.
 *
 * @throws InputError for a file that tfjs-converter does not load
 */
export async function takeGraphModel(file: ModelFile): Promise<GraphModelFile> {
  const json = JSON.parse(new TextDecoder().decode(bytesOf(file.source))) as ModelJson;
  const { modelTopology, weightsManifest, ...rest } = json;
  if (modelTopology.versions === undefined) {
    throw new InputError("the graph model does not tell the version of TensorFlow it is of", {
      remedy: "convert it again with tensorflowjs_converter: tfjs 4.22 loads no model without",
    });
  }
  const paths = weightsManifest.flatMap((group) => group.paths);
  const artifacts: io.ModelArtifacts = {
    ...(rest as io.ModelArtifacts),
    modelTopology,
    weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
    weightData: joined(
      paths.map((path) => bytesOf(file.external.find((each) => each.path === path)!.data)),
    ),
  };
  const { inputs, outputs } = json.userDefinedMetadata?.signature ?? json.signature ?? {};
  const nodes = modelTopology.node;
  return {
    artifacts,
    library: await import("@tensorflow/tfjs-converter"),
    inputs: nodes
      .filter(({ op }) => op === "Placeholder")
      .map(({ name }) => ({ name, key: keyOf(inputs, name) })),
    outputs: outputs === undefined ? unread(nodes) : signed(outputs),
    isAsynchronous: nodes.some(({ op }) => asynchronous.test(op)),
    byteLength: file.byteLength,
  };
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  if (typeof data === "string") throw new Error("tfjs takes the bytes of a graph model");
  return data;
}

function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.buffer;
}

/** A tensor's name as the file has it, without the number of a first output. */
const plain = (name: string) => name.replace(/:0$/, "");

function keyOf(given: Named | undefined, name: string): string {
  const found = Object.entries(given ?? {}).find(
    ([key, value]) => plain(value.name ?? key) === name,
  );
  return found?.[0] ?? name;
}

function signed(outputs: Named): GraphValue[] {
  return Object.entries(outputs).map(([key, { name }]) => ({ name: plain(name ?? key), key }));
}

/** The outputs of a file without a signature: the nodes that no other reads. */
function unread(nodes: ModelJson["modelTopology"]["node"]): GraphValue[] {
  const read = new Set(
    nodes.flatMap(({ input = [] }) => input.map((each) => each.replace(/^\^|:.*$/g, ""))),
  );
  return nodes
    .filter(({ name, op }) => op !== "Const" && op !== "NoOp" && !read.has(name))
    .map(({ name }) => ({ name, key: name }));
}
