import type { CompiledModel } from "@litertjs/core";
import {
  type Attestation,
  type ElementArray,
  type Engine,
  type EngineOptions,
  isNamed,
  type NamedTensor,
  type Profile,
  type ProfiledSession,
  requireLive,
  requirePrecision,
  type RunInput,
  type Runtime,
  type StagedInput,
} from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import { missingAdapter, missingWebnn, type Missing } from "@sebench/web-device";
import { judge, litertVersion, takenDevice } from "./attestation.ts";
import { compileOptions, LitertLibrary, type Started } from "./library.ts";
import {
  encodeModel,
  type Feed,
  feedOfImages,
  feedOfNoPattern,
  fileModel,
  type LitertModel,
  namedFeeds,
  namedOutputs,
  type WebDevice,
} from "./model.ts";

/** The LiteRT.js of this page: there is one, whatever it is asked for. */
const pageLibrary = new LitertLibrary();

/** Opens the engine of a declared runtime. */
export function openLitertEngine(
  runtime: Pick<Runtime, "id" | "precisions">,
  device: WebDevice,
  options: EngineOptions,
  library: LitertLibrary = pageLibrary,
): Engine<LitertModel> {
  const prepare = async (model: LitertModel) => {
    // Without a WebNN of the browser's, LiteRT.js would run on wasm, and call that webnn.
    const missing = await missingOf[device]();
    if (missing !== null) throw new InputError(missing.reason, { remedy: missing.remedy });
    return LitertSession.create(device, library, await library.start(device, options), model);
  };
  return {
    async probe() {
      const missing = await missingOf[device]();
      if (missing !== null) return { ok: false, ...missing };
      try {
        const started = await library.start(device, options);
        return { ok: true, version: litertVersion, ...(await takenDevice(device, started)) };
      } catch (error) {
        return { ok: false, ...explainStart(error) };
      }
    },
    async encode(lowered, session) {
      requirePrecision(runtime, session.precision);
      return encodeModel(runtime.id, lowered, session);
    },
    fileFormat: "tflite",
    takeFile: fileModel,
    prepare,
    prepareProfiled: prepare,
    deployment: {
      async start() {
        await library.start(device, options);
      },
      open: ({ head, bytes }) => prepare({ ...(head as Omit<LitertModel, "bytes">), bytes }),
    },
    // The module stays until its page ends.
    async [Symbol.asyncDispose]() {},
  };
}

/** What the browser lacks for a device, before LiteRT.js is loaded, or null where it lacks nothing. */
const missingOf: Readonly<Record<WebDevice, () => Promise<Missing | null>>> = {
  wasm: async () => null,
  webgpu: missingAdapter,
  webnn: missingWebnn,
};

function explainStart(error: unknown): Missing {
  if (error instanceof InputError && error.remedy !== null) {
    return { reason: error.message, remedy: error.remedy };
  }
  if (error instanceof Event) {
    return {
      reason: "LiteRT.js's loader cannot be fetched, or is damaged",
      remedy: "reinstall @litertjs/core: npx -y pnpm@10.34.9 install --force",
    };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { reason, remedy: "try another browser with --browser PATH" };
}

interface LitertInput extends StagedInput {
  /** The inputs in the model's order; of a network the images `[batch, height, width, channels]`. */
  readonly feeds: readonly Feed[];
}

/** A model that LiteRT.js has compiled. */
class LitertSession implements ProfiledSession<LitertInput> {
  readonly #device: WebDevice;
  readonly #library: LitertLibrary;
  readonly #started: Started;
  readonly #model: Omit<LitertModel, "bytes">;
  readonly #threads: number;
  readonly #firstLine: number;
  #compiled: CompiledModel | null;
  #bufferType = 0;
  /** What was staged last, on which a model's file attests. */
  #staged: LitertInput | null = null;
  readonly outputs?: (input: LitertInput) => Promise<readonly NamedTensor[]>;

  private constructor(
    device: WebDevice,
    library: LitertLibrary,
    started: Started,
    model: Omit<LitertModel, "bytes">,
    compiled: CompiledModel,
    marks: { readonly threads: number; readonly firstLine: number },
  ) {
    this.#device = device;
    this.#library = library;
    this.#started = started;
    this.#model = model;
    this.#compiled = compiled;
    this.#threads = marks.threads;
    this.#firstLine = marks.firstLine;
    const { file } = model;
    if (file !== null) {
      this.outputs = async (input) => namedOutputs(file.outputs, await this.#run(input));
    }
  }

  /** Compiles a model. Rejects where LiteRT.js would run any part of it elsewhere, or not at all. */
  static async create(
    device: WebDevice,
    library: LitertLibrary,
    started: Started,
    model: LitertModel,
  ): Promise<LitertSession> {
    const firstLine = library.console.mark;
    const before = library.threads.started;
    const options = compileOptions(device, started.threads, model.precision);
    const compiled = await library.device.guard(() =>
      started.core.loadAndCompile(model.bytes, options),
    );
    await library.threads.loaded();
    const fault = library.console.takeError() ?? undelegated(compiled, device);
    if (fault !== null) {
      compiled.delete();
      throw new Error(`LiteRT.js did not prepare the model on ${device}: ${fault}`);
    }
    const threads = 1 + library.threads.started - before;
    const { bytes: _, ...kept } = model;
    return new LitertSession(device, library, started, kept, compiled, { threads, firstLine });
  }

  async stage(input: RunInput): Promise<LitertInput> {
    const { file, inputShape } = this.#model;
    this.#staged =
      file !== null && isNamed(input)
        ? { feeds: namedFeeds(file.inputs, input) }
        : { feeds: [feedOfImages(input, inputShape)] };
    return this.#staged;
  }

  async run(input: LitertInput): Promise<Float32Array> {
    const outputs = await this.#run(input);
    return outputs.find((values) => values instanceof Float32Array) ?? new Float32Array();
  }

  async #run({ feeds }: LitertInput): Promise<ElementArray[]> {
    const compiled = requireLive(this.#compiled);
    const outputs = await this.#library.device.guard(() => this.#infer(compiled, feeds));
    // A run that an operator's failure has ended resolves all the same, with outputs that nobody wrote.
    const fault = this.#library.console.takeError();
    if (fault === null) return outputs;
    throw new Error(`LiteRT.js did not run the model on ${this.#device}: ${fault}`);
  }

  /** Attests by another run, of a network on values that have no pattern. */
  async attest(): Promise<Attestation> {
    const { file, inputShape } = this.#model;
    if (file !== null && this.#staged === null) {
      throw new Error("a model's file attests once its input is staged");
    }
    const outputs = await this.run(
      file === null ? { feeds: [feedOfNoPattern(inputShape)] } : this.#staged!,
    );
    return judge(this.#device, this.#started, this.#model.precision, {
      threads: this.#threads,
      lines: this.#library.console.since(this.#firstLine),
      pageLines: this.#library.console.since(0),
      bufferType: this.#bufferType,
      outputs,
    });
  }

  async endProfile(): Promise<Profile> {
    return {
      ok: false,
      reason: "LiteRT does not tell what each kernel took: LiteRT.js has no profiler",
      remedy:
        "take another --runtime; `bench tune` and `bench run` measure the whole of SE on this one",
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const compiled = this.#compiled;
    this.#compiled = null;
    if (compiled === null) return;
    compiled.delete();
    // The page's event loop gives the threads of a model back to the pool, where the next one takes them.
    if (this.#started.threads > 1) await new Promise((resolve) => setTimeout(resolve));
  }

  async #infer(compiled: CompiledModel, feeds: readonly Feed[]): Promise<ElementArray[]> {
    const { Tensor } = this.#started.core;
    const given = feeds.map(({ data, shape }) => new Tensor(data as Float32Array, [...shape]));
    try {
      const outputs = await compiled.run(given);
      try {
        this.#bufferType = outputs[0]!.bufferType;
        const values: ElementArray[] = [];
        for (const output of outputs) values.push((await output.data()) as ElementArray);
        return values;
      } finally {
        // Outputs that are not deleted stay in the binary's memory for good.
        for (const output of outputs) output.delete();
      }
    } finally {
      for (const tensor of given) tensor.delete();
    }
  }
}

/** Why LiteRT.js has not given the whole model to the accelerator, or null where it has. */
function undelegated(compiled: CompiledModel, device: WebDevice): string | null {
  const { accelerator } = compiled.options;
  if (accelerator !== device) return `it fell back to ${accelerator}`;
  return compiled.isFullyAccelerated ? null : "the accelerator does not take all of its operators";
}
