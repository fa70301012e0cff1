import type { ConditionsWatch } from "../measurement/conditions.ts";
import type { Clock } from "../session/visit.ts";
import type { Interval } from "../statistics/interval.ts";
import type { LabelledImages } from "./labelled-logits.ts";

export type Phase = "prepare" | "warm-up" | "rounds" | "logits" | "accuracy" | "attest";

/** The progress of the measurement of a case. */
export interface MeasureProgress {
  readonly phase: Phase;
  /** The number of the current replica, counted from 1. */
  readonly replica: number;
  /** The most replicas that there may be; a case that is precise enough stops before. */
  readonly replicas: number;
  /** The rounds of all replicas so far. */
  readonly rounds: number;
  readonly elapsedMs: number;
  /**
   * The interval of the overhead's ratio, from the complete replicas, or null if there are
   * fewer than two.
   */
  readonly interval: Interval | null;
  /** The labelled images that were run, or null outside the phase `accuracy`. */
  readonly labelled: { readonly done: number; readonly total: number } | null;
}

/**
 * The part of the host in a measurement, which is called between timed runs and never
 * during one.
 */
export interface MeasureObserver {
  /**
   * Hears of the progress at the start of each phase and before each round. It is awaited,
   * so that a page may paint.
   */
  onProgress?(progress: MeasureProgress): Promise<void> | void;
  readonly conditions?: ConditionsWatch;
  /** The labelled images that are run after timing and before attestation. */
  readonly labelled?: LabelledImages;
  /** The clock; `performance.now` by default. */
  readonly now?: Clock;
}
