import type { Attestation, Session, StagedInput } from "@sebench/runtime";
import { elementCount, formatShape, InputError, sameShape, type Tensor } from "@sebench/spec";
import type * as common from "onnxruntime-common";
import type { Binding, InferenceSession } from "./binding.ts";
import type { OnnxModel } from "./model.ts";
import { type ProfileSummary, summariseProfile } from "./profile.ts";

/**
 * A profile covers at least so many runs and milliseconds, in which each thread
 * of a pool gets work even on a busy machine.
 */
const profiled = { runs: 2, ms: 100 };

type Feeds = Readonly<Record<string, common.Tensor>>;

interface OnnxInput extends StagedInput {
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

  static async create(binding: Binding, model: OnnxModel): Promise<OnnxSession> {
    const { InferenceSession } = await binding.start();
    const session = await InferenceSession.create(model.bytes, binding.sessionOptions());
    return new OnnxSession(binding, model, session);
  }

  async stage(images: Tensor): Promise<OnnxInput> {
    const { inputShape } = this.#model;
    if (!sameShape(images.shape, inputShape)) {
      throw new InputError(
        `images of shape ${formatShape(images.shape)} do not fit a session of ${formatShape(inputShape)}`,
        { remedy: "stage one whole batch at a time, of the size that the session was made for" },
      );
    }
    const { Tensor } = await this.#binding.start();
    return { feeds: feedsOf(this.#live(), new Tensor("float32", images.data.slice(), inputShape)) };
  }

  async run({ feeds }: OnnxInput): Promise<Float32Array> {
    const outputs = await this.#live().run(feeds);
    return outputs[this.#outputName]!.data as Float32Array;
  }

  /** From the profile of a second session with the same options: profiling slows the one it watches. */
  async attest(): Promise<Attestation> {
    return this.#binding.judge(await profileModel(this.#binding, this.#model));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.release();
  }

  #live(): InferenceSession {
    if (this.#session) return this.#session;
    throw new Error("this session is disposed: it cannot run any more");
  }
}

async function profileModel(binding: Binding, model: OnnxModel): Promise<ProfileSummary> {
  const { InferenceSession, Tensor } = await binding.start();
  const recording = await binding.recordProfile();
  try {
    const options = { ...binding.sessionOptions(), ...recording.options };
    const session = await InferenceSession.create(model.bytes, options);
    try {
      const zeros = new Float32Array(elementCount(model.inputShape));
      const blank = new Tensor("float32", zeros, model.inputShape);
      const end = performance.now() + profiled.ms;
      for (let run = 0; run < profiled.runs || performance.now() < end; run++) {
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

function feedsOf(session: InferenceSession, input: common.Tensor): Feeds {
  return { [only(session.inputNames)]: input };
}

function only(names: readonly string[]): string {
  const [name, ...others] = names;
  if (name !== undefined && others.length === 0) return name;
  throw new Error(`a model has one input and one output, not ${names.join(", ") || "none"}`);
}
