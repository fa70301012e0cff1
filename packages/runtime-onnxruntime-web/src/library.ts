import { type InferenceSession, tryDevice } from "@sebench/onnxruntime";
import type { EngineOptions } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type { WebDeviceRow, WebOrt } from "./device-row.ts";
import { DeviceWatch } from "./device-watch.ts";
import { sessionOptions } from "./session-options.ts";

/** One bundle in one page or process, which starts it once and keeps it for as long as it lives. */
export class WebLibrary {
  readonly row: WebDeviceRow;
  readonly watch = new DeviceWatch();
  #started: { readonly threads: number | null; readonly ort: Promise<WebOrt> } | null = null;

  constructor(row: WebDeviceRow) {
    this.row = row;
  }

  /** Rejects where it has started with another number of threads. */
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

  /** Ends a session's profile, which the binary prints. */
  endProfile(session: InferenceSession): string {
    return this.row.tap.collect(() => session.endProfiling());
  }
}

/**
 * Loads and compiles the binary, and takes its threads and device, which else
 * the first member to be prepared would pay for. The session that does so is
 * never released: with the last session go a GPU's device and the shaders
 * compiled for it, and a new replica would compile them again, for half a minute
 * on a GPU in software. (The older provider, in JavaScript, keeps them anyway.)
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
