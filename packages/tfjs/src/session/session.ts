import {
  type Attestation,
  channelsLast,
  imagesOfRun,
  type Precision,
  requireBatch,
  requireLive,
  type RunInput,
  type Session,
  type StagedInput,
} from "@sebench/runtime";
import { elementCount } from "@sebench/spec";
import type { Tensor, TensorInfo } from "@tensorflow/tfjs-core";
import type { Forms } from "../model/forms.ts";
import type { KernelCall } from "../model/kernel-writer.ts";
import type { TfjsModel } from "../model/model.ts";
import type { Tfjs, TfjsBinding } from "./binding.ts";

/** A call that is ready to be made, with places in a list of values instead of names. */
interface Step {
  readonly call: KernelCall;
  /** The inputs of the kernel; constants are there from the start, values come before each call. */
  readonly inputs: Record<string, TensorInfo>;
  /** The values that the call reads, by their arguments. */
  readonly reads: readonly { readonly argument: string; readonly place: number }[];
  /** The places of the values that the call gives. */
  readonly gives: readonly number[];
  /** The places of the values that no later call reads. */
  readonly releases: readonly number[];
}

/** A model on a backend, with its constants uploaded and its calls ready to be made. */
export class Program {
  readonly #tf: Tfjs;
  readonly #constants: ReadonlyMap<string, Tensor>;
  readonly #steps: readonly Step[];
  readonly #input: number;
  readonly #output: number;

  constructor(tf: Tfjs, model: TfjsModel) {
    this.#tf = tf;
    this.#constants = new Map(
      Array.from(model.constants, ([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]),
    );
    const places = new Map<string, number>();
    const placeOf = (name: string) => {
      if (!places.has(name)) places.set(name, places.size);
      return places.get(name)!;
    };
    this.#input = placeOf(model.input);
    const released = lastReads(model);
    this.#steps = model.calls.map((call, index): Step => {
      const inputs = (Array.isArray(call.inputs) ? [] : {}) as Record<string, TensorInfo>;
      const reads: { argument: string; place: number }[] = [];
      for (const [argument, name] of Object.entries(call.inputs) as [string, string][]) {
        const constant = this.#constants.get(name);
        if (constant) inputs[argument] = constant;
        else reads.push({ argument, place: placeOf(name) });
      }
      const gives = call.outputs.map(placeOf);
      return { call, inputs, reads, gives, releases: released[index]!.map(placeOf) };
    });
    this.#output = placeOf(model.output);
  }

  /**
   * Computes the logits of images `[batch, height, width, channels]`; the caller disposes of both.
   *
   * @param onCall The function that is called before each of the model's calls, and after the last.
   */
  run(images: Tensor, onCall?: () => void): Tensor {
    return this.#tf.tidy(() => this.#execute(images, onCall));
  }

  dispose(): void {
    for (const constant of this.#constants.values()) constant.dispose();
  }

  #execute(images: Tensor, onCall?: () => void): Tensor {
    const engine = this.#tf.engine();
    const values: Tensor[] = [];
    values[this.#input] = images;
    for (const { call, inputs, reads, gives, releases } of this.#steps) {
      onCall?.();
      for (const { argument, place } of reads) inputs[argument] = values[place]!;
      const made: Tensor | Tensor[] = engine.runKernel(
        call.kernel,
        inputs as never,
        call.attributes as never,
      );
      if (Array.isArray(made)) made.forEach((tensor, at) => (values[gives[at]!] = tensor));
      else values[gives[0]!] = made;
      for (const place of releases) values[place]!.dispose();
    }
    onCall?.();
    return values[this.#output]!;
  }
}

/** The values that no call reads after each call, without the images, which are the caller's. */
function lastReads({ calls, constants, input }: TfjsModel): string[][] {
  const lastReader = new Map<string, number>();
  for (const [index, { inputs }] of calls.entries()) {
    for (const name of Object.values(inputs)) lastReader.set(name, index);
  }
  const released: string[][] = calls.map(() => []);
  for (const [name, index] of lastReader) {
    if (name !== input && !constants.has(name)) released[index]!.push(name);
  }
  return released;
}

export interface TfjsInput extends StagedInput {
  /** The images `[batch, height, width, channels]`. */
  readonly pixels: Float32Array;
}

export class TfjsSession implements Session<TfjsInput> {
  readonly #binding: TfjsBinding;
  readonly #tf: Tfjs;
  readonly #inputShape: TfjsModel["inputShape"];
  readonly #forms: Forms;
  readonly #precision: Precision;
  #program: Program | null;

  /** Makes a session that keeps nothing of the model but what its program needs. */
  private constructor(binding: TfjsBinding, tf: Tfjs, model: TfjsModel) {
    this.#binding = binding;
    this.#tf = tf;
    this.#inputShape = model.inputShape;
    this.#forms = model.forms;
    this.#precision = model.precision;
    this.#program = new Program(tf, model);
  }

  static async create(binding: TfjsBinding, model: TfjsModel): Promise<TfjsSession> {
    return new TfjsSession(binding, await binding.start(model.precision), model);
  }

  async stage(input: RunInput): Promise<TfjsInput> {
    const images = imagesOfRun(input);
    const shape = this.#inputShape;
    requireBatch(images, shape);
    return { pixels: channelsLast(images.data, shape) };
  }

  /**
   * Runs the model.
   *
   * @param onCall The function that is called before each of the model's calls, and after the last.
   */
  async run({ pixels }: TfjsInput, onCall?: () => void): Promise<Float32Array> {
    const program = requireLive(this.#program);
    try {
      return await this.#infer(program, pixels, onCall);
    } finally {
      this.#binding.requireAlive();
    }
  }

  /** Attests by another run, on a blank image, since a profile reads back the output of each kernel. */
  async attest(): Promise<Attestation> {
    // With this flag on, tfjs would also look for NaN in each output, in promises that nobody awaits.
    this.#tf.env().set("CHECK_COMPUTATION_FOR_ERRORS", false);
    const blank = { pixels: new Float32Array(elementCount(this.#inputShape)) };
    const { kernels } = await this.#tf.profile(async () => {
      await this.run(blank);
      return [];
    });
    const counts = new Map<string, number>();
    for (const { name } of kernels) counts.set(String(name), (counts.get(String(name)) ?? 0) + 1);
    const backend = this.#tf.getBackend();
    return this.#binding.judge({
      backend,
      kernels: Object.fromEntries(counts),
      forms: this.#forms,
      precision: this.#precision,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#program?.dispose();
    this.#program = null;
  }

  async #infer(program: Program, pixels: Float32Array, onCall?: () => void): Promise<Float32Array> {
    const [batch, channels, height, width] = this.#inputShape;
    const images = this.#tf.tensor4d(pixels, [batch, height, width, channels], "float32");
    try {
      const logits = program.run(images, onCall);
      try {
        return (await logits.data()) as Float32Array;
      } finally {
        logits.dispose();
      }
    } finally {
      images.dispose();
    }
  }
}
