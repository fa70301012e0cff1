import type { Binding } from "@sebench/onnxruntime";
import type { EngineOptions, Runtime } from "@sebench/runtime";
import { ConsoleTap } from "./console-tap.ts";
import { type WebDevice, webDevices } from "./device.ts";
import { fetchedBinary, sessionOptions, startLibrary, type WebLibrary } from "./library.ts";

export function webBinding(
  runtime: Pick<Runtime, "id" | "precisions">,
  device: WebDevice,
  options: EngineOptions,
): Binding {
  const row = webDevices[device];
  const tap = new ConsoleTap();
  let library: Promise<WebLibrary> | null = null;
  const start = async () => {
    library ??= tap.attach(() => startLibrary(row, options));
    return (await library).ort;
  };
  return {
    runtime,
    start,
    sessionOptions: () => sessionOptions(row),
    recordProfile: async () => ({
      options: { enableProfiling: true },
      finish: async (session) => tap.collect(() => session.endProfiling()),
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
        return { ok: false, reason, remedy: "serve onnxruntime-web's files, and reload the page" };
      }
    },
    async judge(profile) {
      const { env } = await start();
      const { software, device: taken } = await row.taken(env);
      const reason = row.doubt(profile, options);
      const version = env.versions.web ?? env.versions.common;
      const files = { bundle: row.bundle, binary: fetchedBinary() };
      const evidence = {
        version,
        ...files,
        taken,
        ...profile,
        sessionOptions: sessionOptions(row),
      };
      return { device, proven: reason === null, reason, software, evidence };
    },
    async [Symbol.asyncDispose]() {
      const started = await library?.catch(() => null);
      library = null;
      await started?.keeper.release();
    },
  };
}
