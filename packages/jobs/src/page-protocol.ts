import type { BrokenFile } from "@sebench/datasets";
import type { ConditionsWatch } from "@sebench/measure";
import type { ImageRange, ImageSet, ModelDescription, ModelFileDescription } from "@sebench/pairs";
import type { MemoryMoment, PageFacts } from "@sebench/results";
import type { Engine, EngineOptions, RuntimeId } from "@sebench/runtime";
import type { ErrorDescription } from "@sebench/spec";
import type { AnswerTo, EngineJob, JobProgress, StartJob } from "./job.ts";
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

/** Who drives a page, and serves what its jobs need. */
export interface PageDriver {
  /** Serves what a request names, and gives the answer of the request's kind. */
  supply(request: SupplyRequest): Promise<Supplied[keyof Supplied]>;
  /** Takes progress, between timed runs and at most about twice a second. */
  progress?(progress: JobProgress): Promise<void> | void;
  /** Watches the machine, which a page cannot see; left out where nobody watches. */
  conditions?(step: keyof ConditionsWatch): Promise<unknown>;
  /** Reads the memory of all of the browser's processes, or gives null where the system does not tell. */
  memory?(moment: MemoryMoment): Promise<MemoryReading | null>;
}

/** The page's global object, as code that a driver evaluates in the page sees it. */
export interface PageWindow {
  readonly sebench: PageApi;
  readonly sebenchSupply?: PageDriver["supply"];
  readonly sebenchProgress?: NonNullable<PageDriver["progress"]>;
  readonly sebenchConditions?: NonNullable<PageDriver["conditions"]>;
  readonly sebenchMemory?: NonNullable<PageDriver["memory"]>;
  /** The outcome of the page of a start, which other pages do not have. */
  readonly sebenchStarted?: Promise<PageOutcome<StartedPage>>;
}

/**
 * The paths of the protocol by which any browser is driven that is not Chromium under Playwright. A
 * page asks for its next order and sends messages, each of which is answered; nobody reaches into
 * the page.
 */
export const sessionPaths = {
  /** GET: an order, once there is one. */
  next: "/session/next",
  /** GET: a request that is held while the page lives, so that its end tells of the page's. */
  alive: "/session/alive",
  /** POST: a message. */
  message: "/session/message",
} as const;

/** The headers by which a page shows who it is. */
export const sessionHeaders = {
  token: "x-sebench-token",
  /** A name that the device gave itself at random, and keeps over reloads. */
  device: "x-sebench-device",
  /** A name that the page gave itself at random when it was loaded. */
  page: "x-sebench-page",
} as const;

/** What the server tells a page to do next. */
export type PageOrder =
  | {
      readonly kind: "job";
      readonly id: string;
      readonly job: EngineJob;
      /** What is asked of the driver while the job runs. */
      readonly watched: { readonly conditions: boolean; readonly memory: boolean };
      /** How far the run is, in words for the person at the device, or null where there is none. */
      readonly words: string | null;
    }
  | { readonly kind: "wait"; readonly words: string | null }
  /** Load the page anew, and say what it is then. */
  | { readonly kind: "again" }
  /** The end of the run; its report is at a path of the page's own server, if there is one. */
  | { readonly kind: "end"; readonly words: string; readonly report: string | null };

/** What the page of one start is told by the fragment of its address. */
export interface StartOrder {
  readonly token: string;
  readonly id: string;
  readonly job: StartJob;
}

/** A message of a page. */
export type PageMessage =
  | { readonly kind: "hello"; readonly facts: PageFacts; readonly name: string | null }
  | OfJob<"supply", { readonly request: SupplyRequest }>
  | OfJob<"progress", { readonly progress: JobProgress }>
  | OfJob<"conditions", { readonly step: keyof ConditionsWatch }>
  | OfJob<"memory", { readonly moment: MemoryMoment }>
  | OfJob<"result", { readonly outcome: PageOutcome<unknown> }>;

type OfJob<Kind extends string, Rest> = { readonly kind: Kind; readonly job: string } & Rest;

/** The answer to a message of progress. */
export interface ProgressReply {
  /** Whether nobody waits for the job's answer any more. */
  readonly stop: boolean;
}
