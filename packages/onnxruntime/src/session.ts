import type { Attestation, Session, StagedInput } from "@sebench/runtime";
import { formatShape, InputError, sameShape, type Tensor } from "@sebench/spec";
import type { Binding, InferenceSession } from "./binding.ts";
import { type Feeds, feedsOf, only } from "./feeds.ts";
import type { OnnxModel } from "./model.ts";
import { profileModel } from "./profile-model.ts";

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
    return attempt(binding, async () => {
      const { InferenceSession } = await binding.start();
      const session = await InferenceSession.create(model.bytes, binding.sessionOptions());
      return new OnnxSession(binding, model, session);
    });
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
    const session = this.#live();
    const outputs = await attempt(this.#binding, () => session.run(feeds));
    return outputs[this.#outputName]!.data as Float32Array;
  }

  /** From the profile of a second session with the same options: profiling slows the one it watches. */
  async attest(): Promise<Attestation> {
    return attempt(this.#binding, async () =>
      this.#binding.judge(await profileModel(this.#binding, this.#model)),
    );
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
