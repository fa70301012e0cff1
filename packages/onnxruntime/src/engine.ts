import type { LoweredNetwork } from "@sebench/lowering";
import {
  type Engine,
  requirePrecision,
  type Attestation,
  type Profile,
  type ProfiledSession,
} from "@sebench/runtime";
import { InputError, type Tensor } from "@sebench/spec";
import type { Binding, ProfileRecording } from "./binding.ts";
import { kernelProfile } from "./kernel-profile.ts";
import { encodeModel, type OnnxModel } from "./model.ts";
import { OnnxSession, type OnnxInput } from "./session.ts";

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
