/**
 * The process of one start. Nothing but the runtime's declaration is loaded before the start is
 * timed, so that the figures are the engine's and the model's.
 */
import type { StartJob } from "@sebench/jobs";
import type { StartPlace } from "@sebench/jobs/start";
import type { JobMessage } from "./message.ts";

const ranCodeMs = performance.now();
const asked = new Promise<string>((resolve) => {
  process.once("message", (text) => resolve(text as string));
});

const { readFile } = await import("node:fs/promises");
const { readMemory, readPeaks, resetPeaks } = await import("@sebench/hardware");
const { measureStart } = await import("@sebench/jobs/start");
const { describeError } = await import("@sebench/spec");
const { decodeMessage, encodeMessage } = await import("@sebench/jobs/codec");
const { runtimeOf } = await import("../host/runtimes.ts");
const { settledMemory } = await import("./settled-memory.ts");

const say = (message: JobMessage) => process.send?.(encodeMessage(message));

/**
 * The time from the spawning of this process until it ran code, in milliseconds. What Node does for
 * TypeScript, which a deployment has compiled beforehand, comes after its own start.
 */
function startOfHost(): number {
  const { nodeTiming } = performance as Partial<typeof performance>;
  const { bootstrapComplete = -1 } = nodeTiming ?? {};
  const spawnedMs = Number(process.env["SEBENCH_SPAWNED_MS"]);
  const readyMs = bootstrapComplete > 0 ? bootstrapComplete : ranCodeMs;
  return Math.max(0, performance.timeOrigin + readyMs - spawnedMs);
}

const own = ["self"] as const;

const memory: StartPlace["memory"] = async (moment) => {
  switch (moment) {
    case "before":
      resetPeaks(own);
      return readMemory(own);
    case "peak":
      return readPeaks(own);
    case "steady":
    case "disposed":
      return settledMemory();
    default:
      return readMemory(own);
  }
};

async function start({ runtime, engine: options, request }: StartJob) {
  // The adapter is TypeScript of the harness, and loads no engine.
  const engine = await runtimeOf(runtime).load(options);
  const measured = await measureStart(request, {
    now: () => performance.now(),
    hostMs: startOfHost(),
    load: async () => engine,
    read: (file) => readFile(file),
    memory,
  });
  return { ...measured, bytes: null };
}

for (const interrupt of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(interrupt, () => {});
process.on("disconnect", () => process.exit(1));
await start(decodeMessage(await asked) as StartJob)
  .then((answer) => say({ kind: "answer", answer }))
  .catch((error: unknown) => say({ kind: "error", error: describeError(error) }));
