import { type Binding, type Ort, tryDevice } from "@sebench/onnxruntime";
import type { EngineOptions, Runtime } from "@sebench/runtime";
import { type NodeDevice, nodeDevices } from "./device.ts";
import { type Importer, LibraryError, loadLibrary } from "./library.ts";
import { recordProfile } from "./profile-file.ts";
import { sessionOptions } from "./session-options.ts";

export function nodeBinding(
  runtime: Pick<Runtime, "id" | "precisions">,
  device: NodeDevice,
  options: EngineOptions,
  importer: Importer = () => import("onnxruntime-node"),
): Binding {
  const row = nodeDevices[device];
  const binding: Binding = {
    runtime,
    start: () => loadLibrary(importer),
    sessionOptions: () => sessionOptions(row, options),
    recordProfile,
    async probe() {
      try {
        const ort = await binding.start();
        const session = await tryDevice(ort, binding.sessionOptions());
        await session.release();
        return {
          ok: true,
          version: versionOf(ort),
          device: row.describe(options),
          software: false,
        };
      } catch (error) {
        const remedy = error instanceof LibraryError ? error.remedy : row.remedy;
        return { ok: false, reason: (error as Error).message, remedy };
      }
    },
    async judge(profile) {
      const reason = row.doubt(profile, options);
      const evidence = {
        version: versionOf(await binding.start()),
        threadsAsked: options.threads,
        ...profile,
        sessionOptions: sessionOptions(row, options),
      };
      const threads = profile.threads.pool;
      return { device, proven: reason === null, reason, software: false, threads, evidence };
    },
  };
  return binding;
}

function versionOf({ env }: Ort): string {
  return env.versions.node ?? env.versions.common;
}
