import { InputError } from "@sebench/spec";
import { z } from "zod";

/** A number as protobuf's JSON has it: 64-bit integers are texts. */
const integer = z
  .union([z.number(), z.string().regex(/^-?\d{1,16}$/)])
  .transform(Number)
  .refine(Number.isSafeInteger, "is no integer");

const shape = z.object({
  dim: z.array(z.object({ size: integer.default(-1) })).optional(),
  unknownRank: z.boolean().optional(),
});

/** A text in base64, or as the codes of its characters. */
const text = z
  .union([z.string(), z.array(z.int().min(0).max(255)).max(4096)])
  .transform((given) =>
    typeof given === "string"
      ? Buffer.from(given, "base64").toString()
      : Buffer.from(given).toString(),
  );

const attribute = z.object({
  s: text.optional(),
  i: integer.optional(),
  f: z.union([z.number(), z.string()]).transform(Number).optional(),
  b: z.boolean().optional(),
  shape: shape.optional(),
  type: z.union([z.string(), z.number()]).transform(String).optional(),
  list: z.object({ s: z.array(text).optional(), i: z.array(integer).optional() }).optional(),
});

const node = z.object({
  name: z.string().min(1),
  op: z.string().min(1),
  input: z.array(z.string()).default([]),
  attr: z.record(z.string(), attribute).default({}),
});

const named = z.record(
  z.string(),
  z.object({ name: z.string().optional(), tensorShape: shape.optional() }),
);

const signature = z.object({ inputs: named.optional(), outputs: named.optional() });

const weight = z.object({
  name: z.string(),
  shape: z.array(z.int().min(0)).max(64),
  dtype: z.string(),
  quantization: z
    .object({
      dtype: z.string(),
      min: z.number().optional(),
      scale: z.number().optional(),
    })
    .optional(),
});

const manifest = z.array(
  z.object({ paths: z.array(z.string()).max(100_000), weights: z.array(weight) }),
);

const modelJson = z.object({
  generatedBy: z.string().nullish(),
  convertedBy: z.string().nullish(),
  signature: signature.optional(),
  userDefinedMetadata: z.object({ signature: signature.optional() }).optional(),
  modelTopology: z.object({
    node: z.array(node),
    library: z.object({ function: z.array(z.unknown()).optional() }).optional(),
  }),
  weightsManifest: manifest,
});

/** A graph model's model.json, as far as it is read here. */
export type ModelJson = z.infer<typeof modelJson>;
export type GraphNode = z.infer<typeof node>;
export type GraphShape = z.infer<typeof shape>;
export type WeightsGroup = z.infer<typeof manifest>[number];
export type Weight = z.infer<typeof weight>;

/**
 * Reads a graph model's model.json.
 *
 * @throws InputError for JSON that is no graph model, and says what it is
 */
export function parseModelJson(content: string): ModelJson {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw new InputError("it begins as JSON and is none, or is cut off", {
      remedy: "fetch or export the model.json again",
      cause,
    });
  }
  refuseOthers(value);
  const { data, error } = modelJson.safeParse(value);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  throw new InputError(
    `it is a model.json that no reader takes: ${issue!.path.join(".")}: ${issue!.message}`,
    { remedy: "convert the model again with tensorflowjs_converter", cause: error },
  );
}

/** A model.json as JSON has it, with what is not read here. */
interface RawModelJson {
  readonly modelTopology: { readonly node: readonly RawNode[] };
  readonly weightsManifest: readonly {
    readonly weights: readonly { readonly name: string }[];
  }[];
}

/** A node, of which only what is read here is named. */
interface RawNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, unknown>>;
}

/** A model.json from which nodes are cut out, and the weights that are left. */
export interface CutModelJson {
  /** The names of the weights that nodes of the graph still read, in the manifest's order. */
  readonly weights: ReadonlySet<string>;
  /** Writes the text, for weights that are in one file of this name. */
  text(weightsFile: string): string;
}

/**
 * Has what reads some tensors read others instead, and drops the nodes and weights that nothing reads
 * any more. An output keeps its name: its node becomes an Identity. All else is as it was.
 *
 * @param instead The tensors that are read instead, by the names of the nodes whose first outputs they replace.
 * @param outputs The names of the graph's outputs.
 */
export function cutModelJson(
  content: string,
  instead: ReadonlyMap<string, string>,
  outputs: readonly string[],
): CutModelJson {
  const json = JSON.parse(content) as RawModelJson;
  const mapOf = (name: string): string => {
    const next = instead.get(name.replace(/:0$/, ""));
    return next === undefined ? name : mapOf(next);
  };
  const rewired = json.modelTopology.node.map((each): RawNode => {
    if (instead.has(each.name) && outputs.includes(each.name)) {
      const type = each.attr?.["T"];
      return {
        name: each.name,
        op: "Identity",
        input: [mapOf(each.name)],
        attr: type === undefined ? {} : { T: type },
      };
    }
    if (each.input === undefined) return each;
    const input = each.input.map((name) =>
      name.startsWith("^") ? `^${nodeOf(mapOf(name.slice(1)))}` : mapOf(name),
    );
    return { ...each, input };
  });
  const left = withoutUnread(json.modelTopology.node, rewired, outputs.map(nodeOf));
  const gone = new Set(json.modelTopology.node.map(({ name }) => name));
  for (const { name } of left) gone.delete(name);
  const groups = json.weightsManifest.map(({ weights }) =>
    weights.filter(({ name }) => !gone.has(name)),
  );
  return {
    weights: new Set(groups.flat().map(({ name }) => name)),
    text: (file) =>
      JSON.stringify({
        ...json,
        modelTopology: { ...json.modelTopology, node: left },
        weightsManifest: [{ paths: [file], weights: groups.flat() }],
      }),
  };
}

/** The node that gives a tensor, or that is waited for. */
const nodeOf = (name: string) => name.replace(/^\^|:\d+$/g, "");

/** The nodes without those that were read before, and are read no more; inputs stay. */
function withoutUnread(
  before: readonly RawNode[],
  after: readonly RawNode[],
  outputs: readonly string[],
): RawNode[] {
  const readBy = (nodes: readonly RawNode[]) =>
    new Set([...nodes.flatMap(({ input = [] }) => input.map(nodeOf)), ...outputs]);
  const readBefore = readBy(before);
  let left = [...after];
  for (let count = -1; count !== left.length;) {
    count = left.length;
    const read = readBy(left);
    left = left.filter(
      ({ name, op }) => read.has(name) || !readBefore.has(name) || op === "Placeholder",
    );
  }
  return left;
}

/** Refuses JSON of other kinds, by what each has. */
function refuseOthers(value: unknown): void {
  const has = (name: string) => keysOf(value).includes(name);
  const topology = keysOf((value as { modelTopology?: unknown } | null)?.modelTopology);
  const isLayers =
    (has("format") && (value as { format: unknown }).format === "layers-model") ||
    ["model_config", "class_name", "keras_version"].some((name) => topology.includes(name));
  if (isLayers) {
    throw new InputError("it is a layers model of tfjs, and of tfjs graph models are read", {
      remedy:
        "convert it: tensorflowjs_converter --input_format tfjs_layers_model --output_format tfjs_graph_model model.json DIR",
    });
  }
  if (topology.includes("node") && has("weightsManifest")) return;
  const what = has("modelTopology")
    ? "it is a model.json without the nodes or the weights of a graph model"
    : has("name") && has("version")
      ? "it is the package.json of a package, and no model"
      : "it is JSON, and no model.json of a tfjs graph model";
  throw new InputError(what, {
    remedy:
      "give an .onnx file, or the model.json that tensorflowjs_converter --output_format tfjs_graph_model writes",
  });
}

function keysOf(value: unknown): string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}
