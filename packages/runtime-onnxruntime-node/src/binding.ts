import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  defaultCacheDirectory,
  packageDamage,
  requireFor,
  temporaryFault,
  temporaryFolder,
} from "@sebench/artifacts";
import {
  type Binding,
  type InferenceSession,
  notInPrecision,
  onnxEngine,
  type Ort,
  tryConvolution,
  tryDevice,
  type OrtSessionOptions,
  type ProfileRecording,
} from "@sebench/onnxruntime";
import type { Availability, Engine, EngineOptions, Lack, Runtime } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type { NodeDeviceRow } from "./device-row.ts";
import { type NodeDevice, nodeDevices } from "./device.ts";
import { onnxruntimeNode } from "./nvidia/provider-libraries.ts";

export function nodeBinding(
  runtime: Pick<Runtime, "id" | "precisions">,
  device: NodeDevice,
  options: EngineOptions,
  importer: Importer = importPackage,
): Binding {
  const row = nodeDevices[device];
  let started: Promise<StartedLibrary> | null = null;

  async function startLibrary(): Promise<StartedLibrary> {
    await row.makeReady();
    const ort = await loadLibrary(importer);
    if (!row.keepsSession) return { ort, kept: null };
    return { ort, kept: await tryDevice(ort, sessionOptions(row, options)) };
  }

  async function explain(error: unknown): Promise<unknown> {
    if (!(error instanceof Error) || error instanceof InputError) return error;
    const lack = await row.explain(error.message);
    if (lack === null) return error;
    return new InputError(lack.reason, { remedy: lack.remedy, cause: error });
  }

  async function lackBehind(error: unknown): Promise<Lack> {
    const told = (await explain(error)) as Error;
    const remedy = told instanceof InputError ? told.remedy : null;
    return { reason: told.message, remedy: remedy ?? row.remedy };
  }

  async function lackOfHalves(ort: Ort): Promise<Pick<Available, "lacks">> {
    if (!row.triesHalves) return {};
    try {
      await tryConvolution(ort, sessionOptions(row, options), "fp16");
      return {};
    } catch (error) {
      return { lacks: { fp16: await lackBehind(error) } };
    }
  }

  const binding: Binding = {
    runtime,
    ...(row.layouts && { layouts: row.layouts }),
    findsWeights: true,
    start: async () => (await (started ??= startLibrary())).ort,
    sessionOptions: () => sessionOptions(row, options),
    recordProfile,
    explain,
    async probe() {
      try {
        const ort = await binding.start();
        await tryOut[row.trial](ort, binding.sessionOptions());
        const taken = await row.describe(options);
        return { ok: true, version: versionOf(ort), ...taken, ...(await lackOfHalves(ort)) };
      } catch (error) {
        return { ok: false, ...(await lackBehind(error)) };
      }
    },
    async judge(profile, precision, floatLayers) {
      const { evidence, ...verdict } = await row.judge(profile, options);
      const reason = verdict.reason ?? notInPrecision(precision, profile, floatLayers);
      return {
        device,
        ...verdict,
        proven: reason === null,
        reason,
        evidence: {
          version: versionOf(await binding.start()),
          threadsAsked: options.threads,
          ...profile,
          ...evidence,
          sessionOptions: sessionOptions(row, options),
        },
      };
    },
  };
  return binding;
}

type Available = Extract<Availability, { ok: true }>;

interface StartedLibrary {
  readonly ort: Ort;
  /** The session of a device that `keepsSession`, since the engine releases a session that the garbage collector finds. */
  readonly kept: InferenceSession | null;
}

/** The trials of a device. Each rejects where the device fails it. */
const tryOut = {
  start: async (ort, options) => (await tryDevice(ort, options)).release(),
  compute: tryConvolution,
} satisfies Record<string, typeof tryConvolution>;

function versionOf({ env }: Ort): string {
  return env.versions.node ?? env.versions.common;
}

/** Imports the package. Tests pass one that imports a broken package. */
type Importer = () => Promise<Ort>;

/** Imports onnxruntime-node as it is installed, or else as it was fetched. */
async function importPackage(): Promise<Ort> {
  // A host starts its processes without telemetry. In any other process the library is told here,
  // which reaches it from the main thread of Node alone.
  process.env["ORT_DISABLE_TELEMETRY"] ??= "1";
  try {
    return await import("onnxruntime-node");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    const fetched = findFetched();
    if (fetched === null) return explainFetched(error);
    return (await import(fetched).catch(explainFetched)) as Ort;
  }
}

/** Throws an `InputError` where the package in the cache is damaged, and else what it is given. */
async function explainFetched(error: unknown): Promise<never> {
  const damage = await packageDamage(onnxruntimeNode, defaultCacheDirectory(), { thorough: true });
  if (damage === null) throw error;
  throw new InputError(`onnxruntime-node does not load: ${damage}`, {
    remedy: "pnpm bench doctor --fix fetches it anew",
    cause: error,
  });
}

/** The URL of the package in the cache, or null where it is not there. */
function findFetched(): string | null {
  try {
    const require = requireFor(onnxruntimeNode, import.meta.url);
    return pathToFileURL(require.resolve(onnxruntimeNode.name)).href;
  } catch {
    return null;
  }
}

/**
 * Loads the native binary.
 *
 * @throws InputError where it does not load here, with the reason
 */
async function loadLibrary(importer: Importer): Promise<Ort> {
  try {
    return await importer();
  } catch (cause) {
    throw cause instanceof InputError ? cause : notLoaded(cause);
  }
}

/**
 * Explains an error of Node's import by its code.
 *
 * @see https://nodejs.org/api/errors.html
 */
function notLoaded(cause: unknown): InputError {
  const { code, message } = cause as NodeJS.ErrnoException;
  switch (code) {
    case "ERR_MODULE_NOT_FOUND":
      return new InputError("onnxruntime-node is not installed", {
        remedy: "run pnpm bench doctor --fix, or install onnxruntime-node",
        cause,
      });
    // The package is found, but has no binary for this system.
    case "MODULE_NOT_FOUND":
      return new InputError(
        `onnxruntime-node has no binary for ${process.platform} ${process.arch}`,
        {
          remedy: "use Linux or Windows on x64 or arm64, or macOS on arm64; or a wasm runtime",
          cause,
        },
      );
    default:
      return new InputError(`onnxruntime-node's binary does not load: ${message}`, {
        remedy:
          "reinstall it, and install the system libraries that it links to (glibc, libstdc++)",
        cause,
      });
  }
}

export function sessionOptions(
  row: NodeDeviceRow,
  { threads, optimised = true }: EngineOptions,
): OrtSessionOptions {
  return {
    // There is never a second provider, which would be a fallback.
    executionProviders: [row.executionProvider],
    graphOptimizationLevel: optimised ? "all" : "disabled",
    ...(threads === null ? {} : { intraOpNumThreads: threads }),
    extra: { session: sessionConfig(row) },
  };
}

/** The session's configuration. The keys are those of onnxruntime_session_options_config_keys.h, and values must be strings. */
function sessionConfig({ executionProvider }: NodeDeviceRow): Readonly<Record<string, string>> {
  return {
    /*
     * By default a pool's threads spin within a run and after it. After it they take
     * some 30 ms of CPU time, which would slow the other member's visit where cores are
     * few, so this key stops the spinning with the run. Without any spinning a network
     * of 0.3 ms takes a fourth longer.
     */
    force_spinning_stop: "1",
    ...(executionProvider === "cpu" ? {} : { disable_cpu_ep_fallback: "1" }),
  };
}

/**
 * Begins a profile in a fresh folder, where it is the only file: in Node the engine
 * writes it to a file whose name it completes with the time, and does not tell.
 */
export async function recordProfile(): Promise<ProfileRecording> {
  const folder = await temporaryFolder("profile");
  return {
    options: { enableProfiling: true, profileFilePrefix: path.join(folder.path, "profile") },
    async finish(session) {
      session.endProfiling();
      const name = (await readdir(folder.path)).find((each) => each.startsWith("profile"));
      const text = name === undefined ? "" : await readFile(path.join(folder.path, name), "utf8");
      // The engine does not tell that it could not write, so a profile without its end is asked why.
      if (!text.trimEnd().endsWith("]")) await requireTemporarySpace(folder.path);
      if (name === undefined) throw new Error("onnxruntime-node wrote no profile");
      return text;
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Throws an `InputError` where a folder for temporary files has no room for a profile. */
async function requireTemporarySpace(folder: string): Promise<void> {
  try {
    await writeFile(path.join(folder, "room"), new Uint8Array(2 ** 20));
  } catch (error) {
    throw temporaryFault(error) ?? error;
  }
}

/** Opens the engine of a declared runtime. */
export function openNodeEngine(
  runtime: Pick<Runtime, "id" | "precisions">,
  device: NodeDevice,
  options: EngineOptions,
): Engine {
  return onnxEngine(nodeBinding(runtime, device, options));
}
