import {
  type Attestation,
  type Engine,
  type Profile,
  type ProfiledSession,
  requirePrecision,
  type RunInput,
} from "@sebench/runtime";
import type { Binding, ProfileRecording } from "./binding.ts";
import { encodeModel, type NetworkModel, type OnnxModel, requireLayout } from "./model.ts";
import { kernelProfile } from "./profile.ts";
import { type OnnxInput, OnnxSession } from "./session.ts";

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
