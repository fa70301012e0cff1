import type { LoweringName } from "@sebench/lowering";
import type {
  CaseMeasurement,
  ConditionsWatch,
  LabelledImages,
  MeasureOptions,
  MeasureProgress,
  Member,
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

/** Networks to be run over images, as plain data. */
export interface PageModels extends Pick<PageJob, "runtime" | "engine" | "lowering"> {
  readonly models: readonly MemberSource[];
  readonly options: Pick<SessionOptions, "batch" | "precision">;
}

/** What the page offers to the one who drives it. */
export interface PageApi {
  load(runtime: RuntimeId, options: EngineOptions): Promise<Engine>;
  probe(runtime: RuntimeId, options: EngineOptions): Promise<Availability>;
  /** Never rejects. */
  run(job: PageJob): Promise<PageResult>;
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
