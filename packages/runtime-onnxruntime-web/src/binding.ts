import type { Binding } from "@sebench/onnxruntime";
import type { EngineOptions, Runtime } from "@sebench/runtime";
import { type WebDevice, webDevices } from "./device.ts";
import { fetchedBinary } from "./fetched-binary.ts";
import { sessionOptions, type WebLibrary } from "./library.ts";

export function webBinding(
  runtime: Pick<Runtime, "id" | "precisions">,
  device: WebDevice,
  library: WebLibrary,
  options: EngineOptions,
): Binding {
  const row = webDevices[device];
  const start = () => library.start(options);
  return {
    runtime,
    start,
    sessionOptions: () => sessionOptions(row),
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
        const version = env.versions.web ?? env.versions.common;
        return { ok: true, version, ...(await row.taken(env)) };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const remedy = "open a fresh page, on a server that has onnxruntime-web's files";
        return { ok: false, reason, remedy };
      }
    },
    async judge(profile) {
      const { env } = await start();
      const { software, device: taken } = await row.taken(env);
      const reason = row.doubt(profile, options);
      const evidence = {
        version: env.versions.web ?? env.versions.common,
        bundle: row.bundle,
        binary: fetchedBinary(),
        taken,
        threadsAsked: options.threads,
        ...profile,
        sessionOptions: sessionOptions(row),
      };
      const threads = device === "wasm" ? profile.threads.pool : null;
      return { device, proven: reason === null, reason, software, threads, evidence };
    },
  };
}
