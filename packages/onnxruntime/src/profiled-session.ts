import type { Attestation, Profile, ProfiledSession } from "@sebench/runtime";
import type { Tensor } from "@sebench/spec";
import type { Binding, ProfileRecording } from "./binding.ts";
import { kernelProfile } from "./kernel-profile.ts";
import type { OnnxModel } from "./model.ts";
import { type OnnxInput, OnnxSession } from "./session.ts";

export class ProfiledOnnxSession implements ProfiledSession<OnnxInput> {
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
