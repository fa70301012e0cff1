import type { EngineOptions, RuntimeId } from "@sebench/runtime";
import type { StoredMember } from "./job.ts";

/**
 * Asks a process to load an engine and a stored model, and to answer requests from then on, as a
 * worker of a server does. Unlike a job it has many answers, the first once the model has run.
 */
export interface ServeOrder extends StoredMember {
  readonly runtime: RuntimeId;
  readonly engine: EngineOptions;
}

/** A request to a worker, which runs its one batch of images at least once. */
export interface ServeRequest {
  /** The time for which runs follow one another, in milliseconds; 0 makes one run. */
  readonly forMs: number;
  /** Whether the logits of the last run are wanted. */
  readonly logits: boolean;
}

/** A worker's answer to a request. */
export interface ServeAnswer {
  /** The time of each run, by the worker's own clock. */
  readonly runsMs: readonly number[];
  /** The logits of the last run, row-major `[batch, classes]`, or null where they are not wanted. */
  readonly logits: Float32Array | null;
}
