import type {
  MemoryReading,
  PageMessage,
  PageOutcome,
  PageWindow,
  StartedPage,
  StartJob,
  StartMeasurement,
  StartOrder,
} from "@sebench/jobs";
import { measureStart } from "@sebench/jobs/start";
import { describeError } from "@sebench/spec";
import { loadEngine } from "./engines.ts";

/**
 * The page of one start. Its address holds the job, so that nothing but the engine and the model
 * is waited for.
 */
const ranCodeMs = performance.now();

const window = globalThis as unknown as PageWindow;
const asked = JSON.parse(decodeURIComponent(location.hash.slice(1))) as StartJob | StartOrder;
const order = "token" in asked ? asked : null;
const job = "token" in asked ? asked.job : asked;

/** Sends a message of this job to the server, where the page drives itself. */
async function tell(
  { token, id }: StartOrder,
  message: DistributiveOmit<Extract<PageMessage, { kind: "memory" | "result" }>, "job">,
): Promise<unknown> {
  // What only the harness needs is loaded apart from what a deployment loads, and not counted.
  const { connect } = await import("./connection.ts");
  return connect(token).send({ ...message, job: id });
}

type DistributiveOmit<Of, Key extends PropertyKey> = Of extends unknown ? Omit<Of, Key> : never;

async function read(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function start(): Promise<Omit<StartMeasurement, "bytes">> {
  return measureStart(job.request, {
    now: () => performance.now(),
    hostMs: ranCodeMs,
    load: () => loadEngine(job.runtime, job.engine),
    read,
    async memory(moment): Promise<MemoryReading | null> {
      const told = order
        ? await tell(order, { kind: "memory", moment })
        : await window.sebenchMemory?.(moment);
      return (told as MemoryReading | null | undefined) ?? null;
    },
  });
}

/** What the page has loaded, by its own resource timing. */
function loaded(): StartedPage["loaded"] {
  const entries = [
    ...performance.getEntriesByType("navigation"),
    ...performance.getEntriesByType("resource"),
  ] as PerformanceResourceTiming[];
  return entries
    .filter(({ name }) => name.startsWith(location.origin) && !isHarness(new URL(name).pathname))
    .map(({ name, transferSize, encodedBodySize, decodedBodySize }) => ({
      path: new URL(name).pathname,
      transferSize,
      encodedBodySize,
      decodedBodySize,
    }));
}

/** Whether a path is of the way to the server, which no deployment loads. */
function isHarness(path: string): boolean {
  return path.startsWith("/session/") || path.includes("/connection-");
}

const outcome: Promise<PageOutcome<StartedPage>> = start().then(
  (measured) => ({ ok: true, answer: { measured, loaded: loaded() } }),
  (error: unknown) => ({ ok: false, error: describeError(error) }),
);
Object.assign(globalThis, { sebenchStarted: outcome });
if (order) void outcome.then((told) => tell(order, { kind: "result", outcome: told }));
