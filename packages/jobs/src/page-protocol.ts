import type { BrokenFile } from "@sebench/datasets";
import type { ConditionsWatch } from "@sebench/measure";
import type { ImageRange, ImageSet, ModelDescription } from "@sebench/pairs";
import type { Engine, EngineOptions, RuntimeId } from "@sebench/runtime";
import type { ErrorDescription } from "@sebench/spec";
import type { AnswerTo, EngineJob, JobProgress } from "./job.ts";

/** What a page answers: an error is a value, since one that is thrown loses its kind on the way. */
export type PageOutcome<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly error: ErrorDescription };

/** What the page offers to the one who drives it. */
export interface PageApi {
  /** Loads an engine for a driver that calls it step by step, as tests do. */
  load(runtime: RuntimeId, options: EngineOptions): Promise<Engine>;
  /** Answers a job. It never rejects. */
  answer<Asked extends EngineJob>(job: Asked): Promise<PageOutcome<AnswerTo<Asked>>>;
}

/** What a page needs for a job, and asks its driver for. */
export type SupplyRequest =
  | { readonly what: "model"; readonly model: ModelDescription }
  | { readonly what: "images"; readonly images: ImageSet; readonly imageSize: number }
  | { readonly what: "labelled"; readonly range: ImageRange };

/** Where the page fetches a model from: URLs of its own origin. */
export interface ModelSource {
  /** The URL of a `Network`, as JSON. */
  readonly network: string;
  /** The URL of its weights, as safetensors. */
  readonly weights: string;
  readonly classes: number;
}

/** Images that the page fetches, and what the driver knows of them. */
export interface LabelledSource {
  /** The URL of a safetensors file with one tensor, `images` `[n, channels, height, width]`; null where n is 0. */
  readonly images: string | null;
  readonly labels: readonly number[];
  readonly broken: readonly BrokenFile[];
}

/** The driver's answer to each request. */
export interface Supplied {
  readonly model: ModelSource;
  /** The URL of a safetensors file with one tensor, `images` `[n, channels, height, width]`. */
  readonly images: string;
  readonly labelled: LabelledSource;
}

/** The page's global object, for use in what a driver evaluates there. */
export interface PageWindow {
  readonly sebench: PageApi;
  /** The driver's function that serves what a job needs. */
  readonly sebenchSupply?: (request: SupplyRequest) => Promise<Supplied[keyof Supplied]>;
  /** The driver's function for progress, if it wants any; at most about two calls a second, between timed runs. */
  readonly sebenchProgress?: (progress: JobProgress) => Promise<void> | void;
  /** The driver's watch of the machine, if it has one: a page cannot see the machine. */
  readonly sebenchConditions?: (step: keyof ConditionsWatch) => Promise<unknown>;
}
