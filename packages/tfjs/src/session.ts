import type { Attestation, Session, StagedInput } from "@sebench/runtime";
import { elementCount, formatShape, InputError, sameShape, type Tensor } from "@sebench/spec";
import type { Tfjs, TfjsBinding } from "./binding.ts";
import type { TfjsModel } from "./model.ts";
import { Program } from "./program.ts";

interface TfjsInput extends StagedInput {
  /** `[batch, height, width, channels]`. */
  readonly pixels: Float32Array;
}

export class TfjsSession implements Session<TfjsInput> {
  readonly #binding: TfjsBinding;
  readonly #model: TfjsModel;
  readonly #tf: Tfjs;
  #program: Program | null;

  private constructor(binding: TfjsBinding, model: TfjsModel, tf: Tfjs) {
    this.#binding = binding;
    this.#model = model;
    this.#tf = tf;
    this.#program = new Program(tf, model);
  }

  static async create(binding: TfjsBinding, model: TfjsModel): Promise<TfjsSession> {
    return new TfjsSession(binding, model, await binding.start());
  }

  async stage(images: Tensor): Promise<TfjsInput> {
    const { inputShape } = this.#model;
    if (!sameShape(images.shape, inputShape)) {
      throw new InputError(
        `images of shape ${formatShape(images.shape)} do not fit a session of ${formatShape(inputShape)}`,
        { remedy: "stage one whole batch at a time, of the size that the session was made for" },
      );
    }
    return { pixels: channelsLast(images.data, inputShape) };
  }

  async run({ pixels }: TfjsInput): Promise<Float32Array> {
    const program = this.#live();
    try {
      return await this.#infer(program, pixels);
    } finally {
      this.#binding.requireAlive();
    }
  }

  /** From a run of its own, on a blank image: a profile reads back what each kernel gives. */
  async attest(): Promise<Attestation> {
    const blank = { pixels: new Float32Array(elementCount(this.#model.inputShape)) };
    const { kernels } = await this.#tf.profile(async () => {
      await this.run(blank);
      return [];
    });
    const counts: Record<string, number> = {};
    for (const { name } of kernels) counts[name] = (counts[name] ?? 0) + 1;
    const { forms } = this.#model;
    return this.#binding.judge({ backend: this.#tf.getBackend(), kernels: counts, forms });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#program?.dispose();
    this.#program = null;
  }

  async #infer(program: Program, pixels: Float32Array): Promise<Float32Array> {
    const [batch, channels, height, width] = this.#model.inputShape;
    const images = this.#tf.tensor4d(pixels, [batch, height, width, channels], "float32");
    try {
      const logits = program.run(images);
      try {
        return (await logits.data()) as Float32Array;
      } finally {
        logits.dispose();
      }
    } finally {
      images.dispose();
    }
  }

  #live(): Program {
    if (this.#program) return this.#program;
    throw new Error("this session is disposed: it cannot run any more");
  }
}

/** A copy of NCHW values, in the order of NHWC. */
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
