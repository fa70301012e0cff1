import type { LoweringName } from "@sebench/lowering";
import type { CaseMeasurement, MeasureOptions, MeasureProgress, Member } from "@sebench/measure";
import type { Availability, EngineOptions, RuntimeId } from "@sebench/runtime";
import type { ErrorDescription } from "@sebench/spec";
import type { CasePlan } from "./plan.ts";

/** What both members of a pair are built from: small enough to be sent as a message. */
export interface PairDescription {
  readonly networks: Readonly<Record<Member, string>>;
  readonly imageSize: number;
  /** Seed of the weights. */
  readonly seed: number;
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

export interface MeasureJob {
  readonly kind: "measure";
  readonly runtime: RuntimeId;
  readonly engine: EngineOptions;
  readonly pair: PairDescription;
  readonly lowering: LoweringName;
  readonly measure: MeasureOptions;
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
  readonly measure: CaseMeasurement;
}

export type Job = ProbeJob | OracleJob | MeasureJob;
export type AnswerTo<Of extends Job> = Answers[Of["kind"]];

/** What a job's process says to its parent. */
export type JobMessage =
  | { readonly kind: "progress"; readonly progress: JobProgress }
  | { readonly kind: "answer"; readonly answer: Answers[keyof Answers] }
  | { readonly kind: "error"; readonly error: ErrorDescription };

export type JobProgress =
  | MeasureProgress
  | { readonly phase: "oracle"; readonly done: number; readonly total: number };
