import type { Attestation } from "@sebench/runtime";
import type { ReplicaConditions } from "./conditions.ts";

/** The two members of a pair: the network with SE, and its plain counterpart. */
export type Member = "plain" | "se";
export const members = ["plain", "se"] as const satisfies readonly Member[];

/** What is measured of one member in one replica. Times in milliseconds. */
export interface MemberReplica {
  /** Making the encoded model ready to run. */
  readonly prepareMs: number;
  /** The first run after that, which often compiles or allocates. */
  readonly firstRunMs: number;
  readonly warmUpRuns: number;
  /** False where warm-up hit its cap before the times settled. */
  readonly steady: boolean;
  /**
   * How far the process's resident set rose at its peak over prepare and first
   * run; null where the host cannot tell.
   */
  readonly peakRssBytes: number | null;
  /** One array of samples for each round. */
  readonly samplesMs: readonly (readonly number[])[];
}

/** Both members prepared anew and measured in the same rounds. */
export interface Replica {
  /** Which member was prepared first; alternates. */
  readonly preparedFirst: Member;
  readonly members: Readonly<Record<Member, MemberReplica>>;
  /** Null where the host cannot tell. */
  readonly conditions: ReplicaConditions | null;
}

export interface CaseMeasurement {
  readonly replicas: readonly Replica[];
  /** `precise`: the interval became as narrow as asked. `budget`: the time was spent. */
  readonly stopped: "precise" | "budget";
  readonly attestation: Readonly<Record<Member, Attestation>>;
  /** Of every image given, row-major `[images, classes]`, by the same session that was timed. */
  readonly logits: Readonly<Record<Member, Float32Array>>;
  /**
   * Of the labelled images, from the first on, as many as there was time for, by
   * the same sessions; null where none were given.
   */
  readonly labelledLogits: Readonly<Record<Member, Float32Array>> | null;
}
