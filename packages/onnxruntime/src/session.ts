import {
  type Attestation,
  requireBatch,
  requireLive,
  type Session,
  type StagedInput,
} from "@sebench/runtime";
import type { Tensor } from "@sebench/spec";
import type { Binding, InferenceSession, OrtSessionOptions, ProfileRecording } from "./binding.ts";
import { type Feeds, feedsOf, only } from "./feeds.ts";
import type { OnnxModel } from "./model.ts";
import { profileModel } from "./profile-model.ts";

export interface OnnxInput extends StagedInput {
  readonly feeds: Feeds;
}

export class OnnxSession implements Session<OnnxInput> {
  readonly #binding: Binding;
  readonly #model: OnnxModel;
  readonly #outputName: string;
  #session: InferenceSession | null;

  private constructor(binding: Binding, model: OnnxModel, session: InferenceSession) {
    this.#binding = binding;
    this.#model = model;
    this.#session = session;
    this.#outputName = only(session.outputNames);
  }

  /** @param more options beside the binding's */
  static async create(
    binding: Binding,
    model: OnnxModel,
    more: OrtSessionOptions = {},
  ): Promise<OnnxSession> {
    return attempt(binding, async () => {
      const { InferenceSession } = await binding.start();
      const options = { ...binding.sessionOptions(), ...more };
      const session = await InferenceSession.create(model.bytes, options);
      return new OnnxSession(binding, model, session);
    });
  }

  async stage(images: Tensor): Promise<OnnxInput> {
    const { inputShape } = this.#model;
    requireBatch(images, inputShape);
    const { Tensor } = await this.#binding.start();
    return {
      feeds: feedsOf(
        requireLive(this.#session),
        new Tensor("float32", images.data.slice(), inputShape),
      ),
    };
  }

  async run({ feeds }: OnnxInput): Promise<Float32Array> {
    const session = requireLive(this.#session);
    const outputs = await attempt(this.#binding, () => session.run(feeds));
    return outputs[this.#outputName]!.data as Float32Array;
  }

  /** From the profile of a second session with the same options: profiling slows the one it watches. */
  async attest(): Promise<Attestation> {
    return attempt(this.#binding, async () =>
      this.#binding.judge(await profileModel(this.#binding, this.#model), this.#model.precision),
    );
  }

  /** The text of the profile, whose options this session was created with. */
  finish(recording: ProfileRecording): Promise<string> {
    return recording.finish(requireLive(this.#session));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.release();
  }
}

/** Work of the engine, whose errors are put into words for people. */
async function attempt<Result>(
  { guard, explain }: Binding,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await (guard ? guard(work) : work());
  } catch (error) {
    throw explain ? await explain(error) : error;
  }
}
