import {
  type Attestation,
  type Precision,
  requireBatch,
  requireLive,
  type Session,
  type StagedInput,
} from "@sebench/runtime";
import { elementCount, type Tensor } from "@sebench/spec";
import type { Forms } from "../model/forms.ts";
import type { TfjsModel } from "../model/model.ts";
import type { Tfjs, TfjsBinding } from "./binding.ts";
import { Program } from "./program.ts";

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

  async stage(images: Tensor): Promise<TfjsInput> {
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
    const counts: Record<string, number> = {};
    for (const { name } of kernels) counts[name] = (counts[name] ?? 0) + 1;
    const backend = this.#tf.getBackend();
    return this.#binding.judge({
      backend,
      kernels: counts,
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

/** Copies NCHW values into the order of NHWC. */
function channelsLast(
  source: Float32Array,
  [batch, channels, height, width]: readonly [number, number, number, number],
): Float32Array {
  const target = new Float32Array(source.length);
  const pixels = height * width;
  let from = 0;
  for (let image = 0; image < batch; image++) {
    const start = image * channels * pixels;
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        target[start + pixel * channels + channel] = source[from++]!;
      }
    }
  }
  return target;
}
