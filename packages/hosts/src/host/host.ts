import {
  type AnswerTo,
  type Job,
  JobError,
  type JobProgress,
  type ServeAnswer,
  type ServeOrder,
  type ServeRequest,
} from "@sebench/jobs";
import type { PageFacts } from "@sebench/results";
import type { Host } from "@sebench/runtime";

/** How a job is watched from outside. */
export interface Watch {
  /** The signal that aborts when the person interrupts. */
  readonly signal: AbortSignal;
  /** The time after which the job's process or browser is ended, in milliseconds. */
  readonly timeoutMs: number;
  readonly onProgress: (progress: JobProgress) => void;
}

/** The way in which a host is started, as far as it may bear on what is measured. */
interface HostStart {
  /** The variables and switches by which the host and its engines report nothing to their makers. */
  readonly quiet: readonly string[];
  /** `on`, or `off` and why, of a browser's sandbox; null of a host that has none. */
  readonly sandbox: string | null;
  /** The preferences and switches that bear on what is measured and that no visitor's browser has. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** What the page of the last job told of itself, where pages drive themselves. */
  readonly page?: PageFacts;
}

/**
 * A host that runs jobs: it executes JavaScript, and gives each job a process or a browser of its
 * own.
 */
export interface JobHost extends AsyncDisposable {
  readonly name: Host;
  /** The version as the host tells it, such as `v20.20.2` or `147.0.7727.0`. */
  readonly version: string;
  /** What a person can do where a job gives no answer. */
  readonly remedy: string;
  readonly start: HostStart;
  /**
   * Runs a job and gives its answer. Throws a `JobError` where there is none, and the signal's
   * reason at an interrupt.
   */
  run<Asked extends Job>(job: Asked, watch: Watch): Promise<AnswerTo<Asked>>;
  /**
   * Starts a worker, and waits for its first answer. Throws a `JobError` where there is none within
   * the watch's time, and the signal's reason at an interrupt. A browser has no workers, since it
   * serves one visitor.
   */
  serve?(order: ServeOrder, watch: Watch): Promise<ServingWorker>;
}

/** A process that answers requests until it is disposed of. */
export interface ServingWorker extends AsyncDisposable {
  /** The answer with which the worker was opened: its first run. */
  readonly opened: ServeAnswer;
  readonly pid: number;
  /**
   * Asks for runs, once the answer before is there. Rejects with a `JobError` where the worker's
   * process has ended or has an error.
   */
  ask(request: ServeRequest): Promise<ServeAnswer>;
}

/** A host that could not be opened; every job on it fails with the reason. */
export function missingHost(
  name: Host,
  { reason, remedy }: { readonly reason: string; readonly remedy: string },
): JobHost {
  return {
    name,
    version: "none",
    remedy,
    start: { quiet: [], sandbox: null },
    run: () => Promise.reject(new JobError(reason, { remedy })),
    async [Symbol.asyncDispose]() {},
  };
}

/** The error of a job that was ended because its time was over. */
export function timedOut(timeoutMs: number): JobError {
  return new JobError(`it gave no answer within ${Math.round(timeoutMs / 1000)} s and was ended`, {
    remedy: "allow more with --timeout SECONDS, or choose a smaller --network or --size",
  });
}

interface Ending extends Disposable {
  /** Aborts at the end of the time, or at an interrupt. */
  readonly over: AbortSignal;
  /** A promise that rejects then. */
  readonly promise: Promise<never>;
}

/** The longest time that a timer takes, in milliseconds. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Watches the time of a job until the watch is disposed of. A timer ends it, since Node 20 forgets an
 * `AbortSignal.timeout` that only an `AbortSignal.any` reads: after a garbage collection it aborts
 * nothing (nodejs/node#57736).
 */
export function untilEnded({ signal, timeoutMs }: Pick<Watch, "signal" | "timeoutMs">): Ending {
  const over = new AbortController();
  const end = () => over.abort();
  const timer = setTimeout(end, Math.min(timeoutMs, longestTimerMs));
  const promise = new Promise<never>((_, reject) => {
    over.signal.addEventListener("abort", () =>
      reject(signal.aborted ? signal.reason : timedOut(timeoutMs)),
    );
  });
  promise.catch(() => {});
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  return {
    over: over.signal,
    promise,
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
    },
  };
}
