import type { BrokenFile } from "@sebench/datasets";
import type { ConditionsWatch } from "@sebench/measure";
import type { ImageRange, ImageSet, ModelDescription, ModelFileDescription } from "@sebench/pairs";
import type { MemoryMoment } from "@sebench/results";
import type { Engine, EngineOptions, RuntimeId } from "@sebench/runtime";
import type { ErrorDescription } from "@sebench/spec";
import type { AnswerTo, EngineJob, JobProgress } from "./job.ts";
import type { MemoryReading, StartMeasurement } from "./start.ts";

/**
 * The outcome of a job in a page. An error is a value, since an error that is thrown loses its kind
 * on the way.
 */
export type PageOutcome<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly error: ErrorDescription };

/** The functions that the page offers to its driver. */
export interface PageApi {
  /** Loads an engine for a driver that calls it step by step, as tests do. */
  load(runtime: RuntimeId, options: EngineOptions): Promise<Engine>;
  /** Answers a job. It never rejects. */
  answer<Asked extends EngineJob>(job: Asked): Promise<PageOutcome<AnswerTo<Asked>>>;
}

/** A request of the page to its driver for what a job needs. */
export type SupplyRequest =
  | { readonly what: "model"; readonly model: ModelDescription }
  | { readonly what: "images"; readonly images: ImageSet; readonly imageSize: number }
  | { readonly what: "labelled"; readonly range: ImageRange }
  | { readonly what: "file"; readonly file: ModelFileDescription }
  | { readonly what: "imported"; readonly file: ModelFileDescription }
  | { readonly what: "inputs"; readonly path: string };

/** The source of a model: URLs of the page's own origin. */
export interface ModelSource {
  /** The URL of a `Network`, as JSON. */
  readonly network: string;
  /** The URL of the model's weights, as safetensors. */
  readonly weights: string;
  readonly classes: number;
}

/** The source of a model's file: URLs of the page's own origin. */
export interface FileSource {
  readonly url: string;
  readonly external: readonly { readonly path: string; readonly url: string }[];
}

/** Images that the page fetches, and what the driver knows of them. */
export interface LabelledSource {
  /**
   * The URL of a safetensors file with one tensor, `images` `[n, channels, height, width]`, or null
   * where n is 0.
   */
  readonly images: string | null;
  readonly labels: readonly number[];
  readonly broken: readonly BrokenFile[];
  /** The SHA-256 of the bytes of each image. */
  readonly hashes: readonly string[];
}

/** The driver's answer to each request. */
export interface Supplied {
  readonly model: ModelSource;
  /** The URL of a safetensors file with one tensor, `images` `[n, channels, height, width]`. */
  readonly images: string;
  readonly labelled: LabelledSource;
  readonly file: FileSource;
  readonly imported: Omit<ModelSource, "classes">;
  /** The URL of the inputs of runs, as `writeRunInputs` writes them. */
  readonly inputs: string;
}

/** A file that a page has loaded, as its resource timing tells, in bytes. */
export interface LoadedFile {
  /** The path of its URL. */
  readonly path: string;
  readonly transferSize: number;
  readonly encodedBodySize: number;
  readonly decodedBodySize: number;
}

/** What the page of a start tells. */
export interface StartedPage {
  readonly measured: Omit<StartMeasurement, "bytes">;
  readonly loaded: readonly LoadedFile[];
}

/** The page's global object, as code that a driver evaluates in the page sees it. */
export interface PageWindow {
  readonly sebench: PageApi;
  /** The driver's function that serves what a job needs. */
  readonly sebenchSupply?: (request: SupplyRequest) => Promise<Supplied[keyof Supplied]>;
  /**
   * The driver's function for progress, if it wants any. It is called between timed runs, at most
   * about twice a second.
   */
  readonly sebenchProgress?: (progress: JobProgress) => Promise<void> | void;
  /** The driver's watch of the machine, if it has one: a page cannot see the machine. */
  readonly sebenchConditions?: (step: keyof ConditionsWatch) => Promise<unknown>;
  /** The driver's function that reads the memory of all of the browser's processes. */
  readonly sebenchMemory?: (moment: MemoryMoment) => Promise<MemoryReading | null>;
  /** The outcome of the page of a start, which other pages do not have. */
  readonly sebenchStarted?: Promise<PageOutcome<StartedPage>>;
}
