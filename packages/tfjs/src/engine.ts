import {
  type Engine,
  requirePrecision,
  type Attestation,
  type Profile,
  type ProfiledSession,
  type RunInput,
} from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type { KernelCall } from "./model/kernel-writer.ts";
import { type GraphModelFile, takeGraphModel } from "./model/graph-model.ts";
import { encodeModel, type TfjsModel } from "./model/model.ts";
import { restoreModel } from "./model/stored-model.ts";
import type { TfjsBinding, Tfjs } from "./session/binding.ts";
import { GraphSession } from "./session/graph-session.ts";
import { TfjsSession, type TfjsInput } from "./session/session.ts";

/** A network as calls of tfjs's kernels, or a graph model of the user's as it is. */
type Loadable = TfjsModel | GraphModelFile;

export function tfjsEngine(binding: TfjsBinding): Engine<Loadable> {
  return {
    probe: () => binding.probe(),
    async encode(network, options) {
      requirePrecision(binding.runtime, options.precision);
      return encodeModel(network, options, binding.forms);
    },
    fileFormat: "tfjs",
    takeFile: takeGraphModel,
    prepare: (model) =>
      "artifacts" in model
        ? GraphSession.create(binding, model)
        : TfjsSession.create(binding, model),
    async prepareProfiled(model) {
      if (!("artifacts" in model)) return ProfiledTfjsSession.create(binding, model);
      throw new InputError("the kernels of a tfjs graph model are not told apart by its nodes", {
        remedy: "explain the model as ONNX on onnxruntime-node/cpu",
      });
    },
    deployment: {
      async start() {
        await binding.start();
      },
      open: (stored) => TfjsSession.create(binding, restoreModel(stored)),
    },
    // The library stays until its process or page ends.
    async [Symbol.asyncDispose]() {},
  };
}

/** The backends whose kernels run on a GPU, after their calls have returned. */
const gpuBackends: ReadonlySet<string> = new Set(["webgl", "webgpu"]);

/** A session that is watched call by call. */
class ProfiledTfjsSession implements ProfiledSession<TfjsInput> {
  readonly #session: TfjsSession;
  readonly #tf: Tfjs;
  readonly #calls: readonly KernelCall[];
  readonly #clock: "host" | "gpu";
  readonly #runMs: number[] = [];
  /** The times of each run's calls, in ms. */
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

  stage(input: RunInput): Promise<TfjsInput> {
    return this.#session.stage(input);
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
    // The backend webgpu tells 0 for each if the device has no timestamps.
    if (this.#callMs.flat().every((ms) => ms === 0)) return "its timer says 0 for each";
    return null;
  }
}

/** A run and its times. */
interface WatchedRun {
  readonly logits: Float32Array;
  /** The time of the whole run, in ms. */
  readonly runMs: number;
  /** The time of each call, in ms. */
  readonly callMs: readonly number[];
}

/**
 * Makes a run and watches its calls.
 *
 * @param run Makes the run; it calls its argument before each call and after the last.
 */
type CallWatch = (run: (onCall?: () => void) => Promise<Float32Array>) => Promise<WatchedRun>;

/**
 * Watches calls that return when their kernels are done, as on a CPU, with a clock. That is
 * how `tf.profile` itself times them (`backend.time`), without its bookkeeping. A call lasts
 * until the next one starts.
 */
const hostWatch: CallWatch = async (run) => {
  const startsMs: number[] = [];
  const began = performance.now();
  const logits = await run(() => startsMs.push(performance.now()));
  const runMs = performance.now() - began;
  const callMs = startsMs.slice(1).map((end, call) => end - startsMs[call]!);
  return { logits, runMs, callMs };
};

/** Watches calls with the GPU's own timers, which `tf.profile` asks. */
function gpuWatch(tf: Tfjs): CallWatch {
  return async (run) => {
    // With this flag on, tfjs would also look for NaN in the output of each kernel.
    tf.env().set("CHECK_COMPUTATION_FOR_ERRORS", false);
    let logits: Float32Array = new Float32Array();
    let runMs = 0;
    const { kernels } = await tf.profile(async () => {
      const began = performance.now();
      logits = await run();
      // The timers are read after the run.
      runMs = performance.now() - began;
      return [];
    });
    const callMs = kernels.map(({ kernelTimeMs }) =>
      typeof kernelTimeMs === "number" ? kernelTimeMs : Number.NaN,
    );
    return { logits, runMs, callMs };
  };
}
