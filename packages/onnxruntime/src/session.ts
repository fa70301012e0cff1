import {
  type Attestation,
  requireBatch,
  requireLive,
  type Session,
  type StagedInput,
} from "@sebench/runtime";
import { type Tensor, elementCount } from "@sebench/spec";
import type { Binding, InferenceSession, OrtSessionOptions, ProfileRecording } from "./binding.ts";
import { type Feeds, feedsOf, only } from "./feeds.ts";
import type { OnnxModel } from "./model.ts";
import { type ProfileSummary, summariseProfile } from "./profile.ts";

/** A batch of images as onnxruntime takes it. */
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

  /**
   * Makes a session of a model.
   *
   * @param more options beside the binding's
   */
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

  /** Attests by the profile of a second session with the same options, as profiling slows the session that it watches. */
  async attest(): Promise<Attestation> {
    return attempt(this.#binding, async () =>
      this.#binding.judge(await profileModel(this.#binding, this.#model), this.#model.precision),
    );
  }

  /** Ends the profile with whose options this session was made, and gives its text. */
  finish(recording: ProfileRecording): Promise<string> {
    return recording.finish(requireLive(this.#session));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.release();
  }
}

/** Does work of the engine, and puts its errors into words for people. */
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

const minRuns = 2;

/** Milliseconds in which each thread of a pool usually gets work. */
const usualMs = 100;
/** Milliseconds in which a second thread gets a turn even on a busy machine. */
const patientMs = 1000;

/** Profiles a model, longer where no second thread was seen at work. */
async function profileModel(binding: Binding, model: OnnxModel): Promise<ProfileSummary> {
  const profile = await profileFor(usualMs, binding, model);
  const idle = profile.threads.pool > 1 && profile.threads.busy === 1;
  // The CPU's threads have nothing to do where a GPU computes.
  if (!idle || profile.providers["CPUExecutionProvider"] === undefined) return profile;
  return profileFor(patientMs, binding, model);
}

/** Runs a model for so many milliseconds in a session of its own that keeps a profile. */
async function profileFor(ms: number, binding: Binding, model: OnnxModel): Promise<ProfileSummary> {
  const { InferenceSession, Tensor } = await binding.start();
  const recording = await binding.recordProfile();
  try {
    const options = { ...binding.sessionOptions(), ...recording.options };
    const session = await InferenceSession.create(model.bytes, options);
    try {
      const zeros = new Float32Array(elementCount(model.inputShape));
      const blank = new Tensor("float32", zeros, model.inputShape);
      const end = performance.now() + ms;
      for (let run = 0; run < minRuns || performance.now() < end; run++) {
        await session.run(feedsOf(session, blank));
      }
      return summariseProfile(await recording.finish(session));
    } finally {
      await session.release();
    }
  } finally {
    await recording[Symbol.asyncDispose]();
  }
}
