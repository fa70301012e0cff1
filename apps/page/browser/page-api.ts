import type { LoweringName } from "@sebench/lowering";
import type {
  CaseMeasurement,
  ConditionsWatch,
  ExplanationMeasurement,
  LabelledImages,
  MeasureOptions,
  MeasureProgress,
  Member,
  RaceEntrant,
  RaceMeasurement,
  RaceOptions,
  Roofline,
  RooflineRequest,
} from "@sebench/measure";
import type { ErrorDescription } from "@sebench/spec";
import type {
  Attestation,
  Availability,
  Engine,
  EngineOptions,
  RuntimeId,
  SessionOptions,
} from "@sebench/runtime";

/** Where the page fetches a member of a pair from: URLs of its own origin. */
export interface MemberSource {
  /** A `Network`, as JSON. */
  readonly network: string;
  /** Its weights, as safetensors. */
  readonly weights: string;
}

/** A case, as plain data. */
export interface PageJob {
  readonly runtime: RuntimeId;
  readonly engine: EngineOptions;
  readonly lowering: LoweringName;
  readonly members: Readonly<Record<Member, MemberSource>>;
  /** URL of a safetensors file with one tensor, `images` `[n, channels, height, width]`. */
  readonly images: string;
  readonly measure: MeasureOptions;
  /** Likewise of labelled images, which are fetched after timing; null where accuracy is not asked for. */
  readonly labelled:
    | (Pick<LabelledImages, "least" | "budgetMs"> & { readonly images: string })
    | null;
}

export type PageResult =
  | { readonly ok: true; readonly measurement: CaseMeasurement }
  | { readonly ok: false; readonly error: ErrorDescription };

/** A case that is measured with the engine's profiler and without it, as plain data. */
export type PageExplainJob = Omit<PageJob, "labelled">;

export type ExplainResult =
  | { readonly ok: true; readonly measurement: ExplanationMeasurement }
  | { readonly ok: false; readonly error: ErrorDescription };

/** Networks to be run over images, as plain data. */
export interface PageModels extends Pick<PageJob, "runtime" | "engine" | "lowering"> {
  readonly models: readonly MemberSource[];
  readonly options: Pick<SessionOptions, "batch" | "precision">;
}

/** How fast a runtime computes and reads, at the best: as plain data. */
export interface PageRoofline extends Pick<PageJob, "runtime" | "engine"> {
  readonly request: RooflineRequest;
}

export type RooflineResult =
  | { readonly ok: true; readonly roofline: Roofline }
  | { readonly ok: false; readonly error: ErrorDescription };

/** Lowerings of a pair that are run side by side, as plain data. */
export interface PageRaceJob extends Pick<PageJob, "runtime" | "engine" | "images"> {
  /** Those that race. */
  readonly members: Readonly<Partial<Record<Member, MemberSource>>>;
  readonly entrants: readonly RaceEntrant[];
  readonly race: RaceOptions;
}

export type RaceResult =
  | { readonly ok: true; readonly measurement: RaceMeasurement }
  | { readonly ok: false; readonly error: ErrorDescription };

/** What the page offers to the one who drives it. */
export interface PageApi {
  load(runtime: RuntimeId, options: EngineOptions): Promise<Engine>;
  probe(runtime: RuntimeId, options: EngineOptions): Promise<Availability>;
  /** Never rejects. */
  run(job: PageJob): Promise<PageResult>;
  /** Never rejects. */
  explain(job: PageExplainJob): Promise<ExplainResult>;
  /** Likewise. */
  roofline(asked: PageRoofline): Promise<RooflineResult>;
  /** Likewise. */
  race(job: PageRaceJob): Promise<RaceResult>;
  /** Makes networks ready; what keeps it from that, null where nothing does. */
  open(models: PageModels): Promise<ErrorDescription | null>;
  /** What they give for a batch: a URL of a file as `images` of a job is. */
  infer(images: string): Promise<readonly Float32Array[]>;
  /** Of the first of them. */
  attest(): Promise<Attestation>;
}

/** The page's global object, for use in what a driver evaluates there. */
export interface PageWindow {
  readonly sebench: PageApi;
  /** The driver's, if it wants progress; at most about two calls a second, between timed runs. */
  readonly sebenchProgress?: (progress: MeasureProgress) => Promise<void> | void;
  /** The driver's, if it watches the machine: a page cannot. */
  readonly sebenchConditions?: (step: keyof ConditionsWatch) => Promise<unknown>;
}
