import {
  type Attestation,
  imagesOfRun,
  isNamed,
  type NamedTensor,
  requireBatch,
  requireLive,
  type RunInput,
  type Session,
  type StagedInput,
} from "@sebench/runtime";
import { elementCount } from "@sebench/spec";
import type {
  Binding,
  InferenceSession,
  Ort,
  OrtSessionOptions,
  ProfileRecording,
} from "./binding.ts";
import {
  type Feeds,
  feedsOf,
  firstOfFloats,
  namedFeeds,
  namedOutputs,
  only,
  type Outputs,
} from "./feeds.ts";
import { createSession, type OnnxModel } from "./model.ts";
import { isLeftToCpu, leftToCpu, withCpu } from "./placement.ts";
import { nodesOf, type ProfileSummary, summariseProfile } from "./profile.ts";

/** What a run of a session is fed with. */
export interface OnnxInput extends StagedInput {
  readonly feeds: Feeds;
}

export class OnnxSession implements Session<OnnxInput> {
  readonly #binding: Binding;
  /** The output whose values a run gives, or null where no output of a file is of float32. */
  readonly #outputName: string | null;
  #model: OnnxModel;
  #session: InferenceSession | null;
  /** What was staged last, by which a model's file is profiled. */
  #staged: Feeds | null = null;
  readonly outputs?: (input: OnnxInput) => Promise<readonly NamedTensor[]>;

  private constructor(binding: Binding, model: OnnxModel, session: InferenceSession) {
    this.#binding = binding;
    this.#model = model;
    this.#session = session;
    if (model.kind === "network") {
      this.#outputName = only(session.outputNames);
    } else {
      this.#outputName = firstOfFloats(session);
      this.outputs = async (input) => namedOutputs(session, await this.#run(input));
    }
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
      const session = await createSession(binding, model, more).catch((error: unknown) =>
        explainRefusal(binding, model, error),
      );
      return new OnnxSession(binding, model, session);
    });
  }

  async stage(input: RunInput): Promise<OnnxInput> {
    const { Tensor } = await this.#binding.start();
    const session = requireLive(this.#session);
    const model = this.#model;
    if (model.kind === "file" && isNamed(input)) {
      this.#staged = namedFeeds(session, input, Tensor);
    } else {
      const { shape, data } = imagesOfRun(input);
      if (model.kind === "network") requireBatch({ shape, data }, model.inputShape);
      this.#staged = feedsOf(session, new Tensor("float32", data.slice(), shape));
    }
    return { feeds: this.#staged };
  }

  async run(input: OnnxInput): Promise<Float32Array> {
    const outputs = await this.#run(input);
    return this.#outputName === null
      ? new Float32Array()
      : (outputs[this.#outputName]!.data as Float32Array);
  }

  #run({ feeds }: OnnxInput): Promise<Outputs> {
    const session = requireLive(this.#session);
    return attempt(this.#binding, () => session.run(feeds));
  }

  /** Attests by the profile of a second session with the same options, as profiling slows the session that it watches. */
  async attest(): Promise<Attestation> {
    const model = this.#model;
    const isNetwork = model.kind === "network";
    return attempt(this.#binding, async () =>
      this.#binding.judge(
        await profileModel(this.#binding, model, this.#staged),
        isNetwork ? model.precision : null,
        isNetwork ? model.floatLayers : 0,
      ),
    );
  }

  /** Lets go of the model's bytes, without which the session cannot attest. */
  forgetModel(): void {
    const nothing = new Uint8Array();
    this.#model =
      this.#model.kind === "network"
        ? { ...this.#model, bytes: nothing }
        : { ...this.#model, source: nothing };
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

/**
 * Throws the error of a session that was not made. Where it was refused, since the CPU would compute
 * some nodes of a network, one that may use the CPU is profiled for once, which says what is in the
 * way. Of a model's file nothing is staged yet that it could run on.
 */
async function explainRefusal(binding: Binding, model: OnnxModel, error: unknown): Promise<never> {
  if (!isLeftToCpu(error) || model.kind === "file") throw error;
  const profile = await profileFor(0, binding, model, null, withCpu(binding.sessionOptions()));
  throw leftToCpu(profile, nodesOf(profile), error);
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
const usualMs = 50;
/** Milliseconds in which a second thread gets a turn even on a busy machine. */
const patientMs = 1000;

/** Profiles a model, longer where no second thread was seen at work. */
async function profileModel(
  binding: Binding,
  model: OnnxModel,
  staged: Feeds | null,
): Promise<ProfileSummary> {
  const profile = await profileFor(usualMs, binding, model, staged);
  const idle = profile.threads.pool > 1 && profile.threads.busy === 1;
  // The CPU's threads have nothing to do where a GPU computes.
  if (!idle || profile.providers["CPUExecutionProvider"] === undefined) return profile;
  return profileFor(patientMs, binding, model, staged);
}

/** Runs a model for so many milliseconds in a session of its own that keeps a profile. */
async function profileFor(
  ms: number,
  binding: Binding,
  model: OnnxModel,
  staged: Feeds | null,
  more: OrtSessionOptions = {},
): Promise<ProfileSummary> {
  const { Tensor } = await binding.start();
  const recording = await binding.recordProfile();
  try {
    const session = await createSession(binding, model, { ...more, ...recording.options });
    try {
      const feeds = staged ?? blankFeeds(session, model, Tensor);
      const end = performance.now() + ms;
      for (let run = 0; run < minRuns || performance.now() < end; run++) {
        await session.run(feeds);
      }
      return summariseProfile(await recording.finish(session));
    } finally {
      await session.release();
    }
  } finally {
    await recording[Symbol.asyncDispose]();
  }
}

/** A blank batch of images, where nothing has been staged. */
function blankFeeds(session: InferenceSession, model: OnnxModel, Tensor: Ort["Tensor"]): Feeds {
  if (model.kind === "file") throw new Error("a model's file attests once its input is staged");
  const { inputShape: shape } = model;
  return feedsOf(session, new Tensor("float32", new Float32Array(elementCount(shape)), shape));
}
