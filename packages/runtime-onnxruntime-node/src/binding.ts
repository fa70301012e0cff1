import {
  type Binding,
  type InferenceSession,
  notInPrecision,
  type Ort,
  tryConvolution,
  tryDevice,
} from "@sebench/onnxruntime";
import type { Availability, EngineOptions, Runtime } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import { type NodeDevice, nodeDevices } from "./device.ts";
import type { Hindrance } from "./device-row.ts";
import { type Importer, loadLibrary } from "./library.ts";
import { recordProfile } from "./profile-file.ts";
import { sessionOptions } from "./session-options.ts";

export function nodeBinding(
  runtime: Pick<Runtime, "id" | "precisions">,
  device: NodeDevice,
  options: EngineOptions,
  importer: Importer = () => import("onnxruntime-node"),
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
    const hindrance = await row.explain(error.message);
    if (hindrance === null) return error;
    return new InputError(hindrance.reason, { remedy: hindrance.remedy, cause: error });
  }

  async function hindranceOf(error: unknown): Promise<Hindrance> {
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
      return { lacks: { fp16: await hindranceOf(error) } };
    }
  }

  const binding: Binding = {
    runtime,
    ...(row.layouts && { layouts: row.layouts }),
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
        return { ok: false, ...(await hindranceOf(error)) };
      }
    },
    async judge(profile, precision) {
      const { evidence, ...verdict } = await row.judge(profile, options);
      const reason = verdict.reason ?? notInPrecision(precision, profile);
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
  /** Held here, as the engine releases a session that the garbage collector finds; see `keepsSession`. */
  readonly kept: InferenceSession | null;
}

/** Rejects where the device does not do it. */
const tryOut = {
  start: async (ort, options) => (await tryDevice(ort, options)).release(),
  compute: tryConvolution,
} satisfies Record<string, typeof tryConvolution>;

function versionOf({ env }: Ort): string {
  return env.versions.node ?? env.versions.common;
}
