import type { LoweredNetwork } from "@sebench/lowering";
import { encodeOnnx } from "@sebench/onnx";
import {
  type EncodedModel,
  type Precision,
  requireRanges,
  type SessionOptions,
  type Attestation,
  requireBatch,
  requireLive,
  type Session,
  type StagedInput,
  type Engine,
  requirePrecision,
  type Profile,
  type ProfiledSession,
  type StoredModel,
} from "@sebench/runtime";
import { inputShape, type Tensor, elementCount, InputError } from "@sebench/spec";
import type { Binding, InferenceSession, OrtSessionOptions, ProfileRecording } from "./binding.ts";
import { type Feeds, feedsOf, only } from "./feeds.ts";
import { isLeftToCpu, leftToCpu, withCpu } from "./placement.ts";
import { kernelProfile, nodesOf, type ProfileSummary, summariseProfile } from "./profile.ts";

/** A network as ONNX bytes, with static shapes. */
export interface OnnxModel extends EncodedModel {
  readonly bytes: Uint8Array;
  /** The shape of the input, `[batch, channels, height, width]`. */
  readonly inputShape: readonly number[];
  readonly precision: Precision;
}

/** @throws InputError where int8 is asked for without the network's ranges */
function encodeModel(lowered: LoweredNetwork, options: SessionOptions): OnnxModel {
  const { batch, precision } = options;
  const { network } = lowered;
  const bytes =
    precision === "int8"
      ? encodeOnnx(lowered, { batch, precision, ranges: requireRanges(options, network.name) })
      : encodeOnnx(lowered, { batch, precision });
  return {
    bytes,
    byteLength: bytes.byteLength,
    inputShape: [batch, ...inputShape(network)],
    precision,
  };
}

/** Encodes a network as the ONNX file that a deployment ships. */
export function storeModel(lowered: LoweredNetwork, options: SessionOptions): StoredModel {
  const { bytes, ...head } = encodeModel(lowered, options);
  return { head, bytes };
}

/** A batch of images as onnxruntime takes it. */
interface OnnxInput extends StagedInput {
  readonly feeds: Feeds;
}

class OnnxSession implements Session<OnnxInput> {
  readonly #binding: Binding;
  readonly #outputName: string;
  #model: OnnxModel;
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
      const session = await InferenceSession.create(model.bytes, options).catch((error: unknown) =>
        explainRefusal(binding, model, error),
      );
      return new OnnxSession(binding, model, session);
    });
  }

  async stage(images: Tensor): Promise<OnnxInput> {
    const shape = this.#model.inputShape;
    requireBatch(images, shape);
    const { Tensor } = await this.#binding.start();
    return {
      feeds: feedsOf(requireLive(this.#session), new Tensor("float32", images.data.slice(), shape)),
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

  /** Lets go of the model's bytes, without which the session cannot attest. */
  forgetModel(): void {
    this.#model = { ...this.#model, bytes: new Uint8Array() };
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
 * some nodes, one that may use the CPU is profiled for once, which says what is in the way.
 */
async function explainRefusal(binding: Binding, model: OnnxModel, error: unknown): Promise<never> {
  if (!isLeftToCpu(error)) throw error;
  const profile = await profileFor(0, binding, model, withCpu(binding.sessionOptions()));
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
async function profileFor(
  ms: number,
  binding: Binding,
  model: OnnxModel,
  options = binding.sessionOptions(),
): Promise<ProfileSummary> {
  const { InferenceSession, Tensor } = await binding.start();
  const recording = await binding.recordProfile();
  try {
    const session = await InferenceSession.create(model.bytes, {
      ...options,
      ...recording.options,
    });
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

/** The engine of the runtime that a binding describes. */
export function onnxEngine(binding: Binding): Engine<OnnxModel> {
  return {
    probe: () => binding.probe(),
    async encode(network, options) {
      requirePrecision(binding.runtime, options.precision);
      requireLayout(binding, network);
      return encodeModel(network, options);
    },
    prepare: (model) => OnnxSession.create(binding, model),
    prepareProfiled: (model) => ProfiledOnnxSession.create(binding, model),
    deployment: {
      async start() {
        await binding.start();
      },
      async open({ head, bytes }) {
        const about = head as Omit<OnnxModel, "bytes">;
        const session = await OnnxSession.create(binding, { ...about, bytes });
        session.forgetModel();
        return session;
      },
    },
    // There is nothing to dispose of: the library lives as long as its process or page.
    async [Symbol.asyncDispose]() {},
  };
}

/** @throws InputError where the binding's kernels do not compute in the network's layout */
export function requireLayout(
  { runtime, layouts = [] }: Pick<Binding, "runtime" | "layouts">,
  { lowering, layout = "engine" }: Pick<LoweredNetwork, "lowering" | "layout">,
): void {
  if (layout === "engine" || layouts.includes(layout)) return;
  throw new InputError(`${runtime.id} has no kernels for the layout ${layout} of ${lowering}`, {
    remedy: `take it on onnxruntime-node/cpu, or leave "${layout}/" out of --lowering`,
  });
}

class ProfiledOnnxSession implements ProfiledSession<OnnxInput> {
  readonly #session: OnnxSession;
  readonly #recording: ProfileRecording;
  readonly #runMs: number[] = [];

  private constructor(session: OnnxSession, recording: ProfileRecording) {
    this.#session = session;
    this.#recording = recording;
  }

  static async create(binding: Binding, model: OnnxModel): Promise<ProfiledOnnxSession> {
    const recording = await binding.recordProfile();
    try {
      const session = await OnnxSession.create(binding, model, recording.options);
      return new ProfiledOnnxSession(session, recording);
    } catch (error) {
      await recording[Symbol.asyncDispose]();
      throw error;
    }
  }

  stage(images: Tensor): Promise<OnnxInput> {
    return this.#session.stage(images);
  }

  async run(input: OnnxInput): Promise<Float32Array> {
    const started = performance.now();
    const logits = await this.#session.run(input);
    this.#runMs.push(performance.now() - started);
    return logits;
  }

  async endProfile(): Promise<Profile> {
    const runMs = [...this.#runMs];
    return kernelProfile(await this.#session.finish(this.#recording), runMs);
  }

  attest(): Promise<Attestation> {
    return this.#session.attest();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
    await this.#recording[Symbol.asyncDispose]();
  }
}
