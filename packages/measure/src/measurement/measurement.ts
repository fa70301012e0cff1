import type { Attestation } from "@sebench/runtime";
import type { ReplicaConditions } from "./conditions.ts";

/** The two members of a pair: the network with SE, and its plain counterpart. */
export type Member = "plain" | "se";
export const members = ["plain", "se"] as const satisfies readonly Member[];

/** The measurements of one member in one replica. Times are in milliseconds. */
export interface MemberReplica {
  /** The time to make the encoded model ready to run. */
  readonly prepareMs: number;
  /** The time of the first run, which often compiles or allocates. */
  readonly firstRunMs: number;
  readonly warmUpRuns: number;
  /** Whether the times settled before warm-up hit its cap. */
  readonly steady: boolean;
  /** The samples, one array for each round. */
  readonly samplesMs: readonly (readonly number[])[];
  /**
   * The processor time of a run in each round, over all threads and the mean of the visit's runs,
   * or null where the host cannot tell it.
   */
  readonly processorMs: readonly number[] | null;
}

/** A replica: both members prepared anew and measured in the same rounds. */
export interface Replica {
  /** The member that was prepared first, which alternates from replica to replica. */
  readonly preparedFirst: Member;
  readonly members: Readonly<Record<Member, MemberReplica>>;
  /** The conditions under which the replica was measured, or null if the host cannot tell. */
  readonly conditions: ReplicaConditions | null;
}

/** What both members prove: their device, and by their logits that they are right. */
interface Proof {
  readonly attestation: Readonly<Record<Member, Attestation>>;
  /**
   * The logits of every image given, row-major `[images, classes]`, from the sessions that are
   * attested, which are those that were timed last.
   */
  readonly logits: Readonly<Record<Member, Float32Array>>;
}

/** What a pair proves that is not timed. */
export interface CaseProof extends Proof, Pick<Replica, "preparedFirst"> {
  readonly members: Readonly<Record<Member, Pick<MemberReplica, "prepareMs" | "firstRunMs">>>;
}

export interface CaseMeasurement extends Proof {
  readonly replicas: readonly Replica[];
  /**
   * The reason why the case ended: at `precise` the interval became as narrow as asked, at
   * `budget` the time was spent.
   */
  readonly stopped: "precise" | "budget";
  /** The time of all replicas, with preparing and warm-up, in milliseconds. */
  readonly replicasMs: number;
  /**
   * The logits of as many labelled images, from the first on, as there was time for,
   * row-major `[images, classes]`, from the sessions that were timed last; null if no
   * labelled images were given.
   */
  readonly labelledLogits: Readonly<Record<Member, Float32Array>> | null;
}
