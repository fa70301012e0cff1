import type { ConditionsWatch } from "../measurement/conditions.ts";
import type { PeakMemory } from "../session/prepared-pair.ts";
import type { Clock } from "../session/visit.ts";
import type { Interval } from "../statistics/interval.ts";
import type { LabelledImages } from "./labelled-logits.ts";

export type Phase = "prepare" | "warm-up" | "rounds" | "logits" | "accuracy" | "attest";

/** How far a case is. */
export interface MeasureProgress {
  readonly phase: Phase;
  /** From 1. */
  readonly replica: number;
  /** As many as there may be; a case that is precise enough stops before. */
  readonly replicas: number;
  /** Of all replicas so far. */
  readonly rounds: number;
  readonly elapsedMs: number;
  /** Of the overhead's ratio, from the replicas that are complete; null below two. */
  readonly interval: Interval | null;
  /** Labelled images, while they are run; null before and after. */
  readonly labelled: { readonly done: number; readonly total: number } | null;
}

/** What the host adds. Progress, memory and conditions come between timed runs, never during them. */
export interface MeasureObserver {
  /** At the start of each phase and after each round. Awaited: a page may paint here. */
  onProgress?(progress: MeasureProgress): Promise<void> | void;
  readonly peakMemory?: PeakMemory;
  readonly conditions?: ConditionsWatch;
  /** Run after timing and before attestation. */
  readonly labelled?: LabelledImages;
  /** Default: `performance.now`. */
  readonly now?: Clock;
}
