import { onnxEngine, type Binding, notInPrecision } from "@sebench/onnxruntime";
import type { Engine, EngineOptions, Runtime } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type { Missing } from "@sebench/web-device";
import type { Env } from "onnxruntime-web";
import { type WebDeviceRow, sessionOptions } from "./device-row.ts";
import { WebLibrary } from "./library.ts";
import { wasmRow } from "./wasm.ts";
import { webgpuJsepRow, webgpuRow } from "./webgpu.ts";
import { webnnRow } from "./webnn.ts";

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
    sessionOptions: () => sessionOptions(row),
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
    async judge(profile, precision) {
      const { env } = await start();
      const { software, device: taken } = await row.taken(env);
      const reason = row.doubt(profile, options) ?? notInPrecision(precision, profile);
      const evidence = {
        version: versionOf(env),
        bundle: row.bundle,
        binary: row.binary(),
        taken,
        threadsAsked: options.threads,
        ...profile,
        sessionOptions: sessionOptions(row),
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
