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
  imagesOfRun,
  isNamed,
  type ModelFile,
  type NamedTensor,
  type RunInput,
} from "@sebench/runtime";
import { inputShape, elementCount, InputError } from "@sebench/spec";
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
import { isLeftToCpu, leftToCpu, withCpu } from "./placement.ts";
import { kernelProfile, nodesOf, type ProfileSummary, summariseProfile } from "./profile.ts";

/** A network as ONNX bytes, with static shapes, or a file of the user's. */
export type OnnxModel = NetworkModel | FileModel;

interface NetworkModel extends EncodedModel {
  readonly kind: "network";
  readonly bytes: Uint8Array;
  /** The shape of the input, `[batch, channels, height, width]`. */
  readonly inputShape: readonly number[];
  readonly precision: Precision;
}

interface FileModel extends ModelFile {
  readonly kind: "file";
}

/** @throws InputError where int8 is asked for without the network's ranges */
function encodeModel(lowered: LoweredNetwork, options: SessionOptions): NetworkModel {
  const { batch, precision } = options;
  const { network } = lowered;
  const bytes =
    precision === "int8"
      ? encodeOnnx(lowered, { batch, precision, ranges: requireRanges(options, network.name) })
      : encodeOnnx(lowered, { batch, precision });
  return {
    kind: "network",
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

/** Creates onnxruntime's own session of a model. */
async function createSession(
  binding: Binding,
  model: OnnxModel,
  more: OrtSessionOptions = {},
): Promise<InferenceSession> {
  const { InferenceSession } = await binding.start();
  const options = { ...binding.sessionOptions(), ...more };
  if (model.kind === "network") return InferenceSession.create(model.bytes, options);
  const { source, external } = model;
  const isFound = external.length === 0 || binding.findsWeights === true;
  const placed = isFound ? {} : { externalData: [...external] };
  // The two overloads of `create` do not take what may be either.
  return typeof source === "string"
    ? InferenceSession.create(source, { ...options, ...placed })
    : InferenceSession.create(source, { ...options, ...placed });
}

/** What a run of a session is fed with. */
interface OnnxInput extends StagedInput {
  readonly feeds: Feeds;
}

class OnnxSession implements Session<OnnxInput> {
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
    return attempt(this.#binding, async () =>
      this.#binding.judge(
        await profileModel(this.#binding, model, this.#staged),
        model.kind === "network" ? model.precision : null,
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

/** The engine of the runtime that a binding describes. */
export function onnxEngine(binding: Binding): Engine<OnnxModel> {
  return {
    probe: () => binding.probe(),
    async encode(network, options) {
      requirePrecision(binding.runtime, options.precision);
      requireLayout(binding, network);
      return encodeModel(network, options);
    },
    takeFile: (file) => ({ kind: "file", ...file }),
    prepare: (model) => OnnxSession.create(binding, model),
    prepareProfiled: (model) => ProfiledOnnxSession.create(binding, model),
    deployment: {
      async start() {
        await binding.start();
      },
      async open({ head, bytes }) {
        const about = head as Omit<NetworkModel, "bytes">;
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

  stage(input: RunInput): Promise<OnnxInput> {
    return this.#session.stage(input);
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
