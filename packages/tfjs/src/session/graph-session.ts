import {
  type Attestation,
  type ElementType,
  isNamed,
  type NamedTensor,
  requireLive,
  type RunInput,
  type Session,
  type StagedInput,
} from "@sebench/runtime";
import { formatShape, InputError } from "@sebench/spec";
import type { GraphModel } from "@tensorflow/tfjs-converter";
import type { DataType, NamedTensorMap, Tensor } from "@tensorflow/tfjs-core";
import type { GraphModelFile } from "../model/graph-model.ts";
import type { Tfjs, TfjsBinding } from "./binding.ts";

/** The inputs of a run, in the types that tfjs has, by the keys that tfjs-converter takes. */
interface GraphFeed extends StagedInput {
  readonly feeds: readonly Feed[];
}

interface Feed {
  readonly key: string;
  readonly type: "float32" | "int32" | "bool";
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** A session of a graph model of the user's, which tfjs-converter executes. */
export class GraphSession implements Session<GraphFeed> {
  readonly #binding: TfjsBinding;
  readonly #tf: Tfjs;
  readonly #file: Omit<GraphModelFile, "artifacts" | "library">;
  /** The weights by the ids of their tensors, which an output may be. */
  readonly #weights: ReadonlySet<number>;
  #model: GraphModel | null;
  #staged: GraphFeed | null = null;

  private constructor(binding: TfjsBinding, tf: Tfjs, model: GraphModel, file: GraphModelFile) {
    const { artifacts: _, library: __, ...kept } = file;
    this.#binding = binding;
    this.#tf = tf;
    this.#file = kept;
    this.#model = model;
    this.#weights = new Set(Object.values(model.weights).flatMap((all) => all.map(({ id }) => id)));
  }

  static async create(binding: TfjsBinding, file: GraphModelFile): Promise<GraphSession> {
    const tf = await binding.start("fp32");
    const { artifacts, library } = file;
    const model = await library.loadGraphModel({ load: async () => artifacts });
    return new GraphSession(binding, tf, model, file);
  }

  async stage(input: RunInput): Promise<GraphFeed> {
    if (!isNamed(input)) throw new InputError("a graph model takes its inputs by their names");
    const feeds = this.#file.inputs.map(({ name, key }) => {
      const found = input.find((each) => each.name === name);
      if (found !== undefined) return { key, shape: found.shape, ...valuesOf(found) };
      throw new InputError(`the model's input ${name} was given nothing`, {
        remedy: "give each of its inputs",
      });
    });
    const staged = { feeds };
    this.#staged = staged;
    return staged;
  }

  async run(input: GraphFeed): Promise<Float32Array> {
    const values = await this.#infer(input, (tensor) => tensor.data());
    const floats = values.find((data) => data instanceof Float32Array);
    return (floats as Float32Array | undefined) ?? new Float32Array();
  }

  async outputs(input: GraphFeed): Promise<readonly NamedTensor[]> {
    const { outputs } = this.#file;
    return this.#infer(input, async (tensor, at): Promise<NamedTensor> => {
      const { dtype, shape } = tensor;
      const { name } = outputs[at]!;
      return { name, type: typeOf(dtype), shape: [...shape], data: await tensor.data() };
    });
  }

  /** Attests by another run on the last input, since a profile reads back the output of each kernel. */
  async attest(): Promise<Attestation> {
    const staged = this.#staged;
    if (staged === null) throw new Error("no input was staged to attest with");
    // With this flag on, tfjs would also look for NaN in each output, in promises that nobody awaits.
    this.#tf.env().set("CHECK_COMPUTATION_FOR_ERRORS", false);
    const { kernels } = await this.#tf.profile(async () => {
      await this.run(staged);
      return [];
    });
    const counts = new Map<string, number>();
    for (const { name } of kernels) counts.set(String(name), (counts.get(String(name)) ?? 0) + 1);
    const ran = { kernels: Object.fromEntries(counts), precision: "fp32" } as const;
    return this.#binding.judge({ backend: this.#tf.getBackend(), ...ran });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#model?.dispose();
    this.#model = null;
  }

  /** Uploads the inputs, executes the graph, and reads all outputs; every tensor of the run is disposed of. */
  async #infer<Value>(
    { feeds }: GraphFeed,
    read: (tensor: Tensor, output: number) => Promise<Value>,
  ): Promise<Value[]> {
    const model = requireLive(this.#model);
    const given: NamedTensorMap = {};
    let made: Tensor[] = [];
    try {
      for (const { key, type, shape, data } of feeds) {
        given[key] = this.#tf.tensor(data, [...shape], type);
      }
      made = await this.#execute(model, { ...given });
      return await Promise.all(made.map(read));
    } finally {
      for (const tensor of [...made, ...Object.values(given)]) {
        if (!this.#weights.has(tensor.id)) tensor.dispose();
      }
      this.#binding.requireAlive();
    }
  }

  async #execute(model: GraphModel, given: NamedTensorMap): Promise<Tensor[]> {
    const { outputs, isAsynchronous } = this.#file;
    const keys = outputs.map(({ key }) => key);
    const gave = isAsynchronous
      ? await model.executeAsync(given, keys)
      : model.execute(given, keys);
    return Array.isArray(gave) ? gave : [gave];
  }
}

/** An input's values in the types of tfjs, which has no other integers than int32. */
function valuesOf({ name, type, shape, data }: NamedTensor): Pick<Feed, "type" | "data"> {
  switch (type) {
    case "float32":
      return { type, data: data as Float32Array };
    case "bool":
      return { type, data: data as Uint8Array };
    case "int8":
    case "uint8":
    case "int32":
    case "int64":
      return { type: "int32", data: Int32Array.from(data as Int32Array, Number) };
    default:
      throw new InputError(
        `the input ${name} ${formatShape(shape)} is of the type ${type}, which tfjs does not have`,
        { remedy: "convert the model with inputs of float32, int32 or bool" },
      );
  }
}

function typeOf(dtype: DataType): ElementType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new InputError(`an output is of the type ${dtype}, which is compared with nothing`, {
    remedy: "give a model whose outputs are numbers",
  });
}
