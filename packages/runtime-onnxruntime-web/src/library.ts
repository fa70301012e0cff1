import { type InferenceSession, tryDevice } from "@sebench/onnxruntime";
import type { EngineOptions } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import { type WebDeviceRow, type WebOrt, sessionOptions } from "./device-row.ts";

/** One bundle in one page or process, which starts the bundle once and keeps it for as long as the page lives. */
export class WebLibrary {
  readonly row: WebDeviceRow;
  readonly watch = new DeviceWatch();
  #started: { readonly threads: number | null; readonly ort: Promise<WebOrt> } | null = null;

  constructor(row: WebDeviceRow) {
    this.row = row;
  }

  /** Starts the bundle, or gives the one that has started. Rejects where that has another number of threads. */
  async start(options: EngineOptions): Promise<WebOrt> {
    const { threads } = options;
    this.#started ??= { threads, ort: this.#startBinary(options) };
    if (this.#started.threads === threads) return this.#started.ort;
    throw new InputError(
      `${this.row.bundle} has started with threads ${this.#started.threads} here, and cannot change to ${threads}`,
      { remedy: "use a fresh page or process" },
    );
  }

  async #startBinary(options: EngineOptions): Promise<WebOrt> {
    const ort = await this.row.tap.attach(() => startBinary(this.row, options));
    await this.row.onFault?.(ort.env, this.watch.tell);
    return ort;
  }

  /** Ends a session's profile, which the binary prints, and gives its text. */
  endProfile(session: InferenceSession): string {
    return this.row.tap.collect(() => session.endProfiling());
  }
}

/**
 * Loads and compiles the binary, and takes its threads and device, for which the first
 * member to be prepared would pay otherwise. The session that does so is never
 * released: with the last session go a GPU's device and the shaders compiled for it,
 * and a new replica would compile these again, for half a minute on a GPU in software.
 * The older WebGPU provider, in JavaScript, keeps both anyway.
 */
async function startBinary(
  row: WebDeviceRow,
  { threads, assetsUrl }: EngineOptions,
): Promise<WebOrt> {
  const ort = await row.import();
  if (threads !== null) ort.env.wasm.numThreads = threads;
  row.place?.(ort.env);
  if (assetsUrl !== undefined) {
    ort.env.wasm.wasmPaths = new URL(assetsUrl, globalThis.location?.href).href;
  }
  await tryDevice(ort, sessionOptions(row));
  return ort;
}

/** Milliseconds by which the engine may notice a loss before the browser tells the page of it. */
const patienceMs = 500;

/**
 * Keeps work from waiting for a device that is gone. Where a GPU is lost, one bundle of
 * onnxruntime-web never ends a run, and the other blocks its page for good in the next
 * run. So the watch rejects the work under way, and begins none any more.
 */
export class DeviceWatch {
  #fault: Error | null = null;
  readonly #pending = new Set<(fault: Error) => void>();

  /** Tells of a fault. From the first call on, all work is rejected. */
  readonly tell = (fault: string): void => {
    this.#fault ??= new Error(fault);
    for (const reject of this.#pending) reject(this.#fault);
  };

  /** Gives what `work` gives. Rejects with the fault where there is one before or during the work. */
  async guard<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#fault !== null) throw this.#fault;
    let reject!: (fault: Error) => void;
    // Each piece of work has a promise of its own: races with one that lives on would pile up on it.
    const fault = new Promise<never>((_, rejectFault) => {
      reject = rejectFault;
    });
    this.#pending.add(reject);
    try {
      return await Promise.race([work(), fault]);
    } catch (error) {
      await Promise.race([fault, new Promise((resolve) => setTimeout(resolve, patienceMs))]);
      throw error;
    } finally {
      this.#pending.delete(reject);
    }
  }
}
