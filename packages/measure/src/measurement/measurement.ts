import type { Attestation, NamedTensor } from "@sebench/runtime";
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
   * The number of runs of which each sample is the mean, since the clock is too coarse for one run;
   * left out where it is 1.
   */
  readonly runsPerSample?: number;
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

/** What one member proves: its device, and by its answers that it is right. */
export interface MemberProof {
  readonly attestation: Attestation;
  /**
   * The logits of every image given, row-major `[images, classes]`, from the session that is
   * attested, which is the one that was timed last. A model's file has none.
   */
  readonly logits: Float32Array;
  /** All outputs of a model's file for the inputs of each run, or null of a network. */
  readonly outputs: readonly (readonly NamedTensor[])[] | null;
}

/** What members prove that are not timed, in their order. */
export interface MembersProof {
  /** The order in which they were prepared. */
  readonly order: readonly number[];
  readonly members: readonly Pick<MemberReplica, "prepareMs" | "firstRunMs">[];
  readonly proofs: readonly MemberProof[];
}

/** A replica of several members: all prepared anew and measured in the same rounds. */
export interface MembersReplica {
  /** The order in which the members were prepared. */
  readonly order: readonly number[];
  readonly members: readonly MemberReplica[];
  /** The conditions under which the replica was measured, or null if the host cannot tell. */
  readonly conditions: ReplicaConditions | null;
}

/**
 * The measurement of members in shared rounds, in their order. Where there are several, the first
 * is what the others are measured against.
 */
export interface MembersMeasurement extends Ending {
  readonly replicas: readonly MembersReplica[];
  readonly proofs: readonly MemberProof[];
  /** The logits of labelled images by member, as `CaseMeasurement` has them. */
  readonly labelledLogits: readonly Float32Array[] | null;
}

/** What both members of a pair prove. */
type PairProof = {
  readonly [Fact in keyof MemberProof]: Readonly<Record<Member, MemberProof[Fact]>>;
};

/** What a pair proves that is not timed. */
export interface CaseProof extends PairProof, Pick<Replica, "preparedFirst"> {
  readonly members: Readonly<Record<Member, Pick<MemberReplica, "prepareMs" | "firstRunMs">>>;
}

/** The end of a measurement, and the time that it took. */
interface Ending {
  /**
   * The reason why the case ended: at `precise` the interval became as narrow as asked, at
   * `budget` the time was spent.
   */
  readonly stopped: "precise" | "budget";
  /** The time of all replicas, with preparing and warm-up, in milliseconds. */
  readonly replicasMs: number;
}

export interface CaseMeasurement extends PairProof, Ending {
  readonly replicas: readonly Replica[];
  /**
   * The logits of as many labelled images, from the first on, as there was time for,
   * row-major `[images, classes]`, from the sessions that were timed last; null if no
   * labelled images were given.
   */
  readonly labelledLogits: Readonly<Record<Member, Float32Array>> | null;
}

/**
 * The measurement of a plain member and the forms of its counterpart with SE, as one measurement for
 * each form, in their order, all with the same samples of plain.
 */
export function pairedForms(measured: MembersMeasurement): CaseMeasurement[] {
  const { replicas, proofs, labelledLogits, stopped, replicasMs } = measured;
  const proofOf = pairedFacts(proofs);
  return proofs.slice(1).map((_, form) => ({
    replicas: replicas.map((replica) => ({
      preparedFirst: preparedBefore(form, replica.order),
      members: pairedWith(form, replica.members),
      conditions: replica.conditions,
    })),
    stopped,
    replicasMs,
    labelledLogits: labelledLogits && pairedWith(form, labelledLogits),
    attestation: proofOf("attestation", form),
    logits: proofOf("logits", form),
    outputs: proofOf("outputs", form),
  }));
}

/** What a plain member and the forms of its counterpart prove, as one proof for each form. */
export function pairedProofs(proof: MembersProof): CaseProof[] {
  const { order, proofs } = proof;
  const proofOf = pairedFacts(proofs);
  return proofs.slice(1).map((_, form) => ({
    preparedFirst: preparedBefore(form, order),
    members: pairedWith(form, proof.members),
    attestation: proofOf("attestation", form),
    logits: proofOf("logits", form),
    outputs: proofOf("outputs", form),
  }));
}

/** Gives one fact of what plain and a form prove. */
function pairedFacts(proofs: readonly MemberProof[]) {
  return <Fact extends keyof MemberProof>(fact: Fact, form: number) => ({
    plain: proofs[0]![fact],
    se: proofs[form + 1]![fact],
  });
}

/** What plain and one of the forms have, of what all members have. */
function pairedWith<Of>(form: number, all: readonly Of[]): Record<Member, Of> {
  return { plain: all[0]!, se: all[form + 1]! };
}

/** The member of a form's pair that was prepared before the other. */
function preparedBefore(form: number, order: readonly number[]): Member {
  return order.indexOf(0) < order.indexOf(form + 1) ? "plain" : "se";
}
