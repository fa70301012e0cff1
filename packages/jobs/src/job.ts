import type {
  ImageRange,
  ImageSet,
  ModelDescription,
  ModelFileDescription,
  PairDescription,
} from "@sebench/pairs";
import type { LoweredNetwork, LoweringName } from "@sebench/lowering";
import type {
  ExplanationMeasurement,
  LabelledImages,
  MeasureOptions,
  MeasureProgress,
  Member,
  MembersMeasurement,
  MembersProof,
  RaceMeasurement,
  RaceOptions,
  Roofline,
  RooflineRequest,
  SoakMeasurement,
  SoakOptions,
} from "@sebench/measure";
import type {
  ActivationRanges,
  Availability,
  EngineOptions,
  RuntimeId,
  SessionOptions,
} from "@sebench/runtime";
import type { Inference, InferOptions } from "./infer.ts";
import type {
  CaseMembers,
  FileEntrants,
  FileMembers,
  NetworkEntrants,
  NetworkMember,
} from "./members.ts";
import type { NodesRequest } from "./nodes.ts";
import type { StartFiles, StartMeasurement, StartRequest } from "./start.ts";

/**
 * The part that all jobs for an engine have: the runtime, and the options with which it is loaded.
 */
interface OnEngine {
  readonly runtime: RuntimeId;
  readonly engine: EngineOptions;
}

/** Asks whether a runtime can run here. */
export interface ProbeJob extends OnEngine {
  readonly kind: "probe";
}

/** Asks for logits of the oracle, from the cache where it has them. */
export interface OracleJob {
  readonly kind: "oracle";
  readonly pair: PairDescription;
}

/** Asks what the oracle says of models' files that are imported. */
export interface FileOracleJob {
  readonly kind: "fileOracle";
  readonly members: FileMembers;
}

/**
 * Asks for the ranges of the activations of both members on the pair's images, from which int8
 * takes its scales.
 */
export interface RangesJob {
  readonly kind: "ranges";
  /** The options of onnxruntime-node, which computes the ranges in fp32. */
  readonly engine: EngineOptions;
  readonly pair: PairDescription;
  readonly lowering: LoweringName;
  /** The part of the network whose values have no range, so that they stay in floating point. */
  readonly keep?: "se";
}

/** A lowered network whose weights are in a file, for a process that cannot build it anew. */
export interface StoredForm extends Omit<LoweredNetwork, "weights"> {
  /** The path of a safetensors file with the weights. */
  readonly weightsFile: string;
}

/** Asks onnxruntime-node on the CPU what forms of a network answer to images, in fp32. */
export interface FormsJob extends Pick<PairDescription, "images" | "imageSize"> {
  readonly kind: "forms";
  readonly engine: EngineOptions;
  readonly forms: readonly StoredForm[];
  /** The answer that is wanted: the logits, or the ranges of the activations. */
  readonly wanted: "logits" | "ranges";
  /** The part of the networks whose values have no range, so that they stay in floating point. */
  readonly keep?: "se";
}

/** The answer of each form, in the order of the forms; what was not wanted is left empty. */
export interface FormsAnswer {
  /** The logits, row-major `[images, classes]`. */
  readonly logits: readonly Float32Array[];
  readonly ranges: readonly ActivationRanges[];
}

/** Asks how long members take beside the first of them. */
export interface MeasureJob extends OnEngine {
  readonly kind: "measure";
  readonly members: CaseMembers;
  readonly measure: Omit<MeasureOptions, "ranges">;
  /** The images that show the accuracy, or null where it is not asked for. */
  readonly labelled: LabelledJob | null;
}

/** Asks what members prove, untimed. */
export interface ProveJob extends Omit<MeasureJob, "kind" | "labelled" | "measure"> {
  readonly kind: "prove";
  readonly measure: Pick<MeasureOptions, "batch" | "precision" | "seed">;
}

/** Asks for two members to be measured with the engine's profiler and without it. */
export interface ExplainJob extends Omit<MeasureJob, "kind" | "labelled"> {
  readonly kind: "explain";
}

/** The labelled images that the sessions are asked about once they are timed. */
export interface LabelledJob extends Pick<LabelledImages, "least" | "budgetMs"> {
  readonly images: ImageSet;
}

/** A model's file that takes a batch of images, and whose first output has their logits. */
export interface ClassifierFile {
  readonly file: ModelFileDescription;
  /** The number of logits of an image. */
  readonly classes: number;
}

/** Asks for the answers of networks to the images of a dataset. */
export interface InferJob extends OnEngine {
  readonly kind: "infer";
  /** The models. Each sees the same images, and an image is decoded once. */
  readonly models: readonly (ModelDescription | ClassifierFile)[];
  readonly images: ImageRange;
  readonly options: InferOptions;
}

/** Asks for the highest rates at which a runtime computes and reads. */
export interface RooflineJob extends OnEngine {
  readonly kind: "roofline";
  readonly request: RooflineRequest;
}

/** Asks for the fastest of lowerings of a pair, or of files that must all answer alike. */
export interface RaceJob extends OnEngine {
  readonly kind: "race";
  readonly members: NetworkEntrants | FileEntrants;
  readonly race: RaceOptions;
}

/** Asks for one network, or the only one of files, to be run over and over by one session. */
export interface SoakJob extends OnEngine {
  readonly kind: "soak";
  readonly members: NetworkMember | FileMembers;
  readonly soak: SoakOptions;
}

/** Asks for the values of nodes of one network, in the lowering that the member names. */
export interface NodesJob extends OnEngine {
  readonly kind: "nodes";
  /** The network, or the only file, which is imported. */
  readonly members: NetworkMember | FileMembers;
  readonly nodes: NodesRequest;
}

/** Asks for both members to be written as the files that a deployment ships. */
export interface StoreJob extends OnEngine {
  readonly kind: "store";
  readonly pair: PairDescription;
  readonly lowering: LoweringName;
  readonly session: SessionOptions;
  /** The absolute path of the folder of the files. */
  readonly folder: string;
}

/** The files of a member. */
export interface StoredMember {
  readonly files: StartFiles;
  readonly inputShape: readonly number[];
}

/** Asks for one start of one member, in a process or browser that has done nothing before. */
export interface StartJob extends OnEngine {
  readonly kind: "start";
  /** The request, in which the files are paths for every host. */
  readonly request: StartRequest;
}

/** What the oracle says of one member. */
export interface OracleAnswer {
  /** The logits, row-major `[images, classes]`. */
  readonly logits: Float64Array;
  readonly classes: number;
  /** The SHA-256 of the weights, in hexadecimal. */
  readonly weightsHash: string;
  readonly parameters: number;
  readonly macs: number;
}

/**
 * The map of jobs, which gives the question and the answer of each kind. A new kind is a row here
 * and a function that answers it, which is in `answers.ts` for a job that an engine answers.
 */
export interface Jobs {
  readonly probe: readonly [ProbeJob, Availability];
  readonly oracle: readonly [OracleJob, Readonly<Record<Member, OracleAnswer>>];
  /** The values of each file's only output, by run, in the order of the files. */
  readonly fileOracle: readonly [FileOracleJob, readonly (readonly Float64Array[])[]];
  readonly ranges: readonly [RangesJob, NonNullable<MeasureOptions["ranges"]>];
  readonly forms: readonly [FormsJob, FormsAnswer];
  readonly measure: readonly [MeasureJob, MembersMeasurement];
  readonly prove: readonly [ProveJob, MembersProof];
  readonly explain: readonly [ExplainJob, ExplanationMeasurement];
  readonly infer: readonly [InferJob, Inference];
  readonly roofline: readonly [RooflineJob, Roofline];
  readonly race: readonly [RaceJob, RaceMeasurement];
  readonly soak: readonly [SoakJob, SoakMeasurement];
  /** The values of each node, in the order of the names. */
  readonly nodes: readonly [NodesJob, readonly Float32Array[]];
  readonly store: readonly [StoreJob, Readonly<Record<Member, StoredMember>>];
  readonly start: readonly [StartJob, StartMeasurement];
}

export type JobKind = keyof Jobs;
export type Job = Jobs[JobKind][0];
export type AnswerTo<Of extends Job> = Jobs[Of["kind"]][1];

/** The jobs that an engine answers, in whichever host it runs. A start has an entry of its own. */
export type EngineJob = Exclude<Extract<Job, OnEngine>, StoreJob | StartJob>;

/** How far a job has got. */
export type JobProgress =
  | MeasureProgress
  | {
      /** `serving` counts the seconds of a scenario, and may take longer than they are. */
      readonly phase: "oracle" | "images" | "starts" | "serving" | "soak";
      readonly done: number;
      readonly total: number;
    };

/**
 * The error of a job that gave no answer, because of an error in it, a crash, or its time limit.
 */
export class JobError extends Error {
  override readonly name = "JobError";
  /** What a person can do about the error, or null where nothing is known. */
  readonly remedy: string | null;

  constructor(message: string, options: { remedy?: string | null; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.remedy = options.remedy ?? null;
  }
}
