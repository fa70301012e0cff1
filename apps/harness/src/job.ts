import type { LoweringName } from "@sebench/lowering";
import type {
  CaseMeasurement,
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
import type { Availability, EngineOptions, RuntimeId } from "@sebench/runtime";
import type { ErrorDescription } from "@sebench/spec";
import type { Inference, InferOptions } from "./infer/infer-images.ts";
import type { ImageRange } from "./infer/image-range.ts";
import type { ModelDescription } from "./infer/build-model.ts";
import type { CasePlan } from "./plan.ts";

/** How a job comes by the weights of a pair. */
export type WeightsSource =
  | { readonly kind: "seeded"; readonly seed: number }
  /** From the repository. */
  | { readonly kind: "trained" }
  | {
      readonly kind: "checkpoint";
      /** Absolute path of the file of the member with SE. */
      readonly se: string;
      /** Likewise; null where the plain member has the tensors that both have. */
      readonly plain: string | null;
    };

/** What both members of a pair are built from: small enough to be sent as a message. */
export interface PairDescription {
  readonly networks: Readonly<Record<Member, string>>;
  readonly imageSize: number;
  readonly weights: WeightsSource;
  readonly images: CasePlan["images"];
}

export interface ProbeJob {
  readonly kind: "probe";
  readonly runtime: RuntimeId;
  readonly engine: EngineOptions;
}

/** Logits of the oracle, from the cache where it has them. */
export interface OracleJob {
  readonly kind: "oracle";
  readonly pair: PairDescription;
}

/** What the activations of both members range over, on the pair's images: int8 takes its scales from it. */
export interface RangesJob {
  readonly kind: "ranges";
  /** Of onnxruntime-node, which computes them in fp32. */
  readonly engine: EngineOptions;
  readonly pair: PairDescription;
  readonly lowering: LoweringName;
}

export interface MeasureJob {
  readonly kind: "measure";
  readonly runtime: RuntimeId;
  readonly engine: EngineOptions;
  readonly pair: PairDescription;
  readonly lowering: LoweringName;
  readonly measure: MeasureOptions;
  /** Null where accuracy is not asked for. */
  readonly labelled: LabelledJob | null;
}

/** A case that is measured with the engine's profiler and without it. */
export interface ExplainJob extends Omit<MeasureJob, "kind" | "labelled"> {
  readonly kind: "explain";
}

/** The labelled images that the sessions are asked about once they are timed. */
export interface LabelledJob extends Pick<LabelledImages, "least" | "budgetMs"> {
  readonly images: CasePlan["images"];
}

/** Networks that are run over the images of a dataset, for what they answer. */
export interface InferJob {
  readonly kind: "infer";
  readonly runtime: RuntimeId;
  readonly engine: EngineOptions;
  /** Each sees the same images; an image is decoded once. */
  readonly models: readonly ModelDescription[];
  readonly images: ImageRange;
  readonly options: InferOptions;
}

/** How fast a runtime computes and reads, at the best. */
export interface RooflineJob {
  readonly kind: "roofline";
  readonly runtime: RuntimeId;
  readonly engine: EngineOptions;
  readonly request: RooflineRequest;
}

/** Lowerings of a pair that are run side by side, to see which is the fastest. */
export interface RaceJob {
  readonly kind: "race";
  readonly runtime: RuntimeId;
  readonly engine: EngineOptions;
  readonly pair: PairDescription;
  readonly entrants: readonly RaceEntrant[];
  readonly race: RaceOptions;
}

/** What the oracle says of one member. */
export interface OracleAnswer {
  /** Row-major `[images, classes]`. */
  readonly logits: Float64Array;
  readonly classes: number;
  /** Of the weights, SHA-256. */
  readonly weightsHash: string;
  readonly parameters: number;
  readonly macs: number;
}

/** What each job gives. */
export interface Answers {
  readonly probe: Availability;
  readonly oracle: Readonly<Record<Member, OracleAnswer>>;
  readonly ranges: NonNullable<MeasureOptions["ranges"]>;
  readonly measure: CaseMeasurement;
  readonly explain: ExplanationMeasurement;
  readonly infer: Inference;
  readonly roofline: Roofline;
  readonly race: RaceMeasurement;
}

export type Job =
  | ProbeJob
  | OracleJob
  | RangesJob
  | MeasureJob
  | ExplainJob
  | InferJob
  | RooflineJob
  | RaceJob;
export type AnswerTo<Of extends Job> = Answers[Of["kind"]];

/** What a job's process says to its parent. */
export type JobMessage =
  | { readonly kind: "progress"; readonly progress: JobProgress }
  | { readonly kind: "answer"; readonly answer: Answers[keyof Answers] }
  | { readonly kind: "error"; readonly error: ErrorDescription };

export type JobProgress =
  | MeasureProgress
  | { readonly phase: "oracle" | "images"; readonly done: number; readonly total: number };
