import type {
  MemoryReading,
  PageOutcome,
  PageWindow,
  StartedPage,
  StartJob,
  StartMeasurement,
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
const job = JSON.parse(decodeURIComponent(location.hash.slice(1))) as StartJob;

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
    memory: async (moment): Promise<MemoryReading | null> =>
      (await window.sebenchMemory?.(moment)) ?? null,
  });
}

/** What the page has loaded, by its own resource timing. */
function loaded(): StartedPage["loaded"] {
  const entries = [
    ...performance.getEntriesByType("navigation"),
    ...performance.getEntriesByType("resource"),
  ] as PerformanceResourceTiming[];
  return entries
    .filter(({ name }) => name.startsWith(location.origin))
    .map(({ name, transferSize, encodedBodySize, decodedBodySize }) => ({
      path: new URL(name).pathname,
      transferSize,
      encodedBodySize,
      decodedBodySize,
    }));
}

const outcome: Promise<PageOutcome<StartedPage>> = start().then(
  (measured) => ({ ok: true, answer: { measured, loaded: loaded() } }),
  (error: unknown) => ({ ok: false, error: describeError(error) }),
);
Object.assign(globalThis, { sebenchStarted: outcome });
