import type { Attestation, Profile, ProfiledSession } from "@sebench/runtime";
import type { Tensor } from "@sebench/spec";
import type { Tfjs, TfjsBinding } from "./binding.ts";
import { type CallWatch, gpuWatch, hostWatch } from "./call-watch.ts";
import type { KernelCall } from "./kernel-call.ts";
import type { TfjsModel } from "./model.ts";
import { type TfjsInput, TfjsSession } from "./session.ts";

/** Backends whose kernels run behind the calls, on a GPU. */
const gpuBackends: ReadonlySet<string> = new Set(["webgl", "webgpu"]);

/** One that is watched call by call. */
export class ProfiledTfjsSession implements ProfiledSession<TfjsInput> {
  readonly #session: TfjsSession;
  readonly #tf: Tfjs;
  readonly #calls: readonly KernelCall[];
  readonly #clock: "host" | "gpu";
  readonly #runMs: number[] = [];
  /** Of each run, what each call took. */
  readonly #callMs: (readonly number[])[] = [];

  private constructor(session: TfjsSession, tf: Tfjs, calls: readonly KernelCall[]) {
    this.#session = session;
    this.#tf = tf;
    this.#calls = calls;
    this.#clock = gpuBackends.has(tf.getBackend()) ? "gpu" : "host";
  }

  static async create(binding: TfjsBinding, model: TfjsModel): Promise<ProfiledTfjsSession> {
    const session = await TfjsSession.create(binding, model);
    return new ProfiledTfjsSession(session, await binding.start(model.precision), model.calls);
  }

  stage(images: Tensor): Promise<TfjsInput> {
    return this.#session.stage(images);
  }

  async run(input: TfjsInput): Promise<Float32Array> {
    const watch: CallWatch = this.#clock === "gpu" ? gpuWatch(this.#tf) : hostWatch;
    const { logits, runMs, callMs } = await watch((onCall) => this.#session.run(input, onCall));
    this.#runMs.push(runMs);
    this.#callMs.push(callMs);
    return logits;
  }

  async endProfile(): Promise<Profile> {
    const reason = this.#whyNot();
    if (reason !== null) {
      return {
        ok: false,
        reason: `tfjs does not tell what each kernel took: ${reason}`,
        remedy: "take a browser and a GPU with timers for its kernels, or tfjs-web/wasm",
      };
    }
    const kernels = this.#calls.map(({ node, kernel, inputs }, call) => {
      const ms = this.#callMs.map((run) => run[call]!);
      return { node, op: kernel, inputs: Object.keys(inputs).length, ms };
    });
    return { ok: true, clock: this.#clock, runMs: [...this.#runMs], kernels };
  }

  attest(): Promise<Attestation> {
    return this.#session.attest();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]();
  }

  #whyNot(): string | null {
    if (this.#clock === "gpu" && !this.#tf.backend().timerAvailable()) {
      return `its backend ${this.#tf.getBackend()} has no timer for kernels here`;
    }
    const calls = this.#calls.length;
    if (this.#callMs.some((run) => run.length !== calls)) {
      return "it profiles other kernels than those that were called";
    }
    if (!this.#callMs.flat().every(Number.isFinite)) return "its timer gave no time for some";
    // What the backend webgpu says where the device has no timestamps.
    if (this.#callMs.flat().every((ms) => ms === 0)) return "its timer says 0 for each";
    return null;
  }
}
