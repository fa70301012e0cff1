import {
  type InferenceSession,
  tryDevice,
  onnxEngine,
  type Binding,
  notInPrecision,
} from "@sebench/onnxruntime";
import type { EngineOptions, Engine, Runtime } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import { DeviceWatch, type Missing } from "@sebench/web-device";
import type { Env } from "onnxruntime-web";
import { type WebDeviceRow, type WebOrt, sessionOptions } from "./device-row.ts";
import { wasmRow, webgpuJsepRow, webgpuRow, webnnRow } from "./devices.ts";

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
async function startBinary(row: WebDeviceRow, options: EngineOptions): Promise<WebOrt> {
  const { threads, assetsUrl } = options;
  const ort = await row.import();
  if (threads !== null) ort.env.wasm.numThreads = threads;
  row.place?.(ort.env);
  if (assetsUrl !== undefined) {
    ort.env.wasm.wasmPaths = new URL(assetsUrl, globalThis.location?.href).href;
  }
  await tryDevice(ort, sessionOptions(row, options));
  return ort;
}

/** The second part of a runtime's id: a device, or a device and the bundle that computes on it. */
export type WebDevice = "wasm" | "webgpu" | "webgpu-jsep" | "webnn";

export const webDevices: Readonly<Record<WebDevice, WebDeviceRow>> = {
  wasm: wasmRow,
  webgpu: webgpuRow,
  "webgpu-jsep": webgpuJsepRow,
  webnn: webnnRow,
};

/** The library of each device that was opened: a page or a process has one, whatever it is asked for. */
const libraries = new Map<WebDevice, WebLibrary>();

/** Opens the engine of a declared runtime. */
export function openWebEngine(
  runtime: Pick<Runtime, "id" | "precisions">,
  device: WebDevice,
  options: EngineOptions,
): Engine {
  const library = libraries.get(device) ?? new WebLibrary(webDevices[device]);
  libraries.set(device, library);
  return onnxEngine(webBinding(runtime, library, options));
}

const reinstall = "reinstall onnxruntime-web: npx -y pnpm@10.34.9 install --force";

/** The words, which say nothing, that onnxruntime-web wraps an error in. */
const wrapped = /^no available backend found\. ERR: \[\w+\] (?:Type)?(?:Error: )?/;

/** The error of a binary that cannot be had, or that is no WebAssembly. */
const aborted = /^RuntimeError: Aborted\((.*)\)\. Build with -sASSERTIONS/s;

/**
 * Explains why an engine did not start.
 *
 * @param file the engine's binary
 */
function explainStart(error: unknown, file: string): Missing {
  if (error instanceof InputError && error.remedy !== null) {
    return { reason: error.message, remedy: error.remedy };
  }
  const message = (error instanceof Error ? error.message : String(error)).replace(wrapped, "");
  const cause = aborted.exec(message)?.[1];
  if (cause !== undefined) {
    return { reason: `${file} cannot be loaded, or is damaged: ${cause}`, remedy: reinstall };
  }
  if (message.includes(".mjs")) return { reason: message, remedy: reinstall };
  return { reason: message, remedy: "try another browser with --browser PATH" };
}

function webBinding(
  runtime: Pick<Runtime, "id" | "precisions">,
  library: WebLibrary,
  options: EngineOptions,
): Binding {
  const { row } = library;
  const start = () => library.start(options);
  return {
    runtime,
    start,
    sessionOptions: () => sessionOptions(row, options),
    ...(row.onFault ? { guard: (work) => library.watch.guard(work) } : {}),
    recordProfile: async () => ({
      options: { enableProfiling: true },
      finish: async (session) => library.endProfile(session),
      async [Symbol.asyncDispose]() {},
    }),
    async probe() {
      const missing = await row.missing();
      if (missing !== null) return { ok: false, ...missing };
      try {
        const { env } = await start();
        const lacks = (await row.lacks?.(env)) ?? {};
        const lacking = Object.keys(lacks).length > 0 ? { lacks } : {};
        return { ok: true, version: versionOf(env), ...(await row.taken(env)), ...lacking };
      } catch (error) {
        return { ok: false, ...explainStart(error, row.file) };
      }
    },
    async judge(profile, precision, floatLayers) {
      const { env } = await start();
      const { software, device: taken } = await row.taken(env);
      const reason = row.doubt(profile, options) ?? notInPrecision(precision, profile, floatLayers);
      const evidence = {
        version: versionOf(env),
        bundle: row.bundle,
        binary: row.binary(),
        taken,
        threadsAsked: options.threads,
        ...profile,
        sessionOptions: sessionOptions(row, options),
      };
      return {
        device: row.device,
        proven: reason === null,
        reason,
        software,
        threads: row.device === "wasm" ? profile.threads.pool : null,
        tf32: false,
        evidence,
      };
    },
  };
}

function versionOf({ versions }: Env): string {
  return versions.web ?? versions.common;
}
