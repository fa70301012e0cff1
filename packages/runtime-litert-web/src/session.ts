import type { CompiledModel } from "@litertjs/core";
import {
  type Attestation,
  channelsLast,
  type ElementArray,
  imagesOfRun,
  isNamed,
  type NamedTensor,
  type Profile,
  type ProfiledSession,
  requireBatch,
  requireLive,
  type RunInput,
  type StagedInput,
} from "@sebench/runtime";
import { elementCount, InputError } from "@sebench/spec";
import { judge } from "./attestation.ts";
import { compileOptions, type LitertLibrary, type Started } from "./library.ts";
import type { FileValue, LitertModel, WebDevice } from "./model.ts";

interface LitertInput extends StagedInput {
  /** The inputs in the model's order; of a network the images `[batch, height, width, channels]`. */
  readonly feeds: readonly Feed[];
}

interface Feed {
  readonly shape: readonly number[];
  readonly data: ElementArray;
}

/** A model that LiteRT.js has compiled. */
export class LitertSession implements ProfiledSession<LitertInput> {
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

/** The images of a run in the order of TensorFlow Lite. */
function feedOfImages(input: RunInput, shape: readonly number[]): Feed {
  const images = imagesOfRun(input);
  requireBatch(images, shape);
  return { shape: lastOf(shape), data: channelsLast(images.data, shape) };
}

function feedOfNoPattern(shape: readonly number[]): Feed {
  const golden = (Math.sqrt(5) - 1) / 2;
  const length = elementCount(shape);
  const data = Float32Array.from({ length }, (_, at) => 2 * ((at * golden) % 1) - 1);
  return { shape: lastOf(shape), data };
}

/** The shape of images with their channels last. */
function lastOf([batch, channels, height, width]: readonly number[]): number[] {
  return [batch!, height!, width!, channels!];
}

/**
 * The inputs of a run in the order of the file.
 *
 * @throws InputError where they are not those of the file
 */
function namedFeeds(inputs: readonly FileValue[], given: readonly NamedTensor[]): Feed[] {
  return inputs.map(({ name, shape }) => {
    const found = given.find((each) => each.name === name);
    if (found === undefined || found.shape.join() !== shape.join()) {
      const what = found === undefined ? "nothing" : found.shape.join("x");
      throw new InputError(
        `the model's input ${name} is ${shape.join("x")}, and was given ${what}`,
        {
          remedy: "give each input in its own shape",
        },
      );
    }
    return { shape, data: found.data.slice() as ElementArray };
  });
}

function namedOutputs(
  outputs: readonly FileValue[],
  values: readonly ElementArray[],
): NamedTensor[] {
  return outputs.map(({ name, type, shape }, at) => {
    return { name, type, shape, data: values[at]! };
  });
}

/** Why LiteRT.js has not given the whole model to the accelerator, or null where it has. */
function undelegated(compiled: CompiledModel, device: WebDevice): string | null {
  const { accelerator } = compiled.options;
  if (accelerator !== device) return `it fell back to ${accelerator}`;
  return compiled.isFullyAccelerated ? null : "the accelerator does not take all of its operators";
}
