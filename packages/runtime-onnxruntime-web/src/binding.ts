import { type Binding, notInPrecision } from "@sebench/onnxruntime";
import type { EngineOptions, Runtime } from "@sebench/runtime";
import type { Env } from "onnxruntime-web";
import type { WebLibrary } from "./library.ts";
import { sessionOptions } from "./session-options.ts";
import { explainStart } from "./start-failure.ts";

export function webBinding(
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
