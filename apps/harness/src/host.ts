import type { Availability, EngineOptions, Host, RuntimeId } from "@sebench/runtime";
import type {
  CaseMeasurement,
  ExplanationMeasurement,
  RaceMeasurement,
  Roofline,
} from "@sebench/measure";
import type { Inference } from "./infer/infer-images.ts";
import type { ExplainJob, InferJob, JobProgress, MeasureJob, RaceJob, RooflineJob } from "./job.ts";

/** How a job is watched from outside. */
export interface Watch {
  /** Aborts when the person interrupts. */
  readonly signal: AbortSignal;
  /** After which the job's process or browser is ended, in milliseconds. */
  readonly timeoutMs: number;
  readonly onProgress: (progress: JobProgress) => void;
}

/**
 * What executes the JavaScript of a case. Each probe and each case gets a
 * process or a browser of its own.
 */
export interface CaseHost extends AsyncDisposable {
  readonly name: Host;
  /** What the host calls its version: `v20.20.2`, `147.0.7727.0`. */
  readonly version: string;
  /** A value, never a throw, but for an interrupt. */
  probe(runtime: RuntimeId, engine: EngineOptions, watch: Watch): Promise<Availability>;
  /** Throws a `JobError` where the case fails. */
  measure(job: MeasureJob, watch: Watch): Promise<CaseMeasurement>;
  /** Likewise. */
  explain(job: ExplainJob, watch: Watch): Promise<ExplanationMeasurement>;
  /** Likewise. */
  infer(job: InferJob, watch: Watch): Promise<Inference>;
  /** Likewise. */
  roofline(job: RooflineJob, watch: Watch): Promise<Roofline>;
  /** Likewise. */
  race(job: RaceJob, watch: Watch): Promise<RaceMeasurement>;
}

/** Why a job gave no answer: an error in it, a crash, or its time. */
export class JobError extends Error {
  override readonly name = "JobError";
  readonly remedy: string | null;

  constructor(message: string, options: { remedy?: string | null; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.remedy = options.remedy ?? null;
  }
}

/** A probe's answer where the probe itself failed. */
export function unavailable(error: unknown, remedy: string): Availability {
  const reason = error instanceof Error ? error.message : String(error);
  const own = error instanceof JobError ? error.remedy : null;
  return { ok: false, reason, remedy: own ?? remedy };
}
