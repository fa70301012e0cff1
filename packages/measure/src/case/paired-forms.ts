import type {
  CaseMeasurement,
  CaseProof,
  Member,
  MemberProof,
  MembersMeasurement,
  MembersProof,
} from "../measurement/measurement.ts";

/**
 * The measurement of a plain member and the forms of its counterpart with SE, as one measurement for
 * each form, in their order, all with the same samples of plain.
 */
export function pairedForms(measured: MembersMeasurement): CaseMeasurement[] {
  const { replicas, proofs, labelledLogits, stopped, replicasMs } = measured;
  const proofOf = pairedFacts(proofs);
  return proofs.slice(1).map((_, form) => ({
    replicas: replicas.map(({ order, members, conditions }) => ({
      preparedFirst: preparedBefore(form, order),
      members: pairedWith(form, members),
      conditions,
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
export function pairedProofs({ order, members, proofs }: MembersProof): CaseProof[] {
  const proofOf = pairedFacts(proofs);
  return proofs.slice(1).map((_, form) => ({
    preparedFirst: preparedBefore(form, order),
    members: pairedWith(form, members),
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
