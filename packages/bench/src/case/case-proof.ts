import { type AnswerTo, type OracleAnswer, type OracleJob, JobError } from "@sebench/jobs";
import {
  type CaseProof,
  type Member,
  memberParity,
  type MemberProof,
  toleranceFor,
} from "@sebench/measure";
import type {
  AloneCase,
  FailedCase,
  MemberParity,
  OkCase,
  ProofRecord,
  UnavailableCase,
  UntimedCase,
  WeightsOrigin,
} from "@sebench/results";
import type { Attestation, Availability, Lack } from "@sebench/runtime";
import type { CasePlan, ModelPlan, QuantisationImages } from "../plan/case-plan.ts";
import type { Untimed } from "../plan/profile.ts";

/** What answers are held against. */
export type Reference = "oracle" | NonNullable<ProofRecord["reference"]>;

/** What is known of a member beside what ran: its size, and how right its answers are. */
export interface MemberTruth {
  readonly parameters: number;
  /** The multiply-accumulates of a run for one image, or null where they cannot be told. */
  readonly macs: number | null;
  /** The SHA-256 of the weights, or of the file. */
  readonly weightsHash: string;
  compare(answers: Pick<MemberProof, "logits" | "outputs">, tolerance: number): MemberParity;
}

export type PairTruth = Readonly<Record<Member, MemberTruth>>;

/** The truth of a pair of networks, which is the oracle's. */
export function truthOf({ plain, se }: AnswerTo<OracleJob>): PairTruth {
  return { plain: truthOfMember(plain), se: truthOfMember(se) };
}

function truthOfMember(oracle: OracleAnswer): MemberTruth {
  const { parameters, macs, weightsHash } = oracle;
  const compare: MemberTruth["compare"] = ({ logits }, tolerance) =>
    memberParity(logits, oracle.logits, { classes: oracle.classes, tolerance });
  return { parameters, macs, weightsHash, compare };
}

/** What is known of a case that ran, besides its plan and its answers. */
export interface ProofCircumstances {
  readonly availability: Extract<Availability, { ok: true }>;
  readonly hostVersion: string;
  readonly hostStart: OkCase["hostStart"];
  readonly threads: number | null;
  readonly weights: WeightsOrigin;
  /** What the answers were held against. */
  readonly reference: Reference;
}

/**
 * Records what a case ran, its device and its parity, or the case as failed where the device is not
 * proven.
 */
export function recordProof(
  plan: CasePlan,
  { attestation: attestations, logits, outputs }: Pick<CaseProof, keyof MemberProof>,
  truth: PairTruth,
  circumstances: ProofCircumstances,
): ProofRecord | FailedCase {
  const attestation = joinAttestations(attestations);
  const { proven, reason } = attestation;
  if (!proven || reason !== null) {
    return failedCase(plan, new JobError(`the device is not proven: ${reason}`), attestation);
  }
  const tolerance = toleranceFor(plan.precision, attestation);
  const hash = { plain: truth.plain.weightsHash, se: truth.se.weightsHash };
  const parityOf = (member: Member) =>
    truth[member].compare({ logits: logits[member], outputs: outputs[member] }, tolerance);
  return {
    ...ranFields(plan, circumstances),
    weights: { ...circumstances.weights, hash },
    attestation: { ...attestation, proven, reason },
    parity: { tolerance, plain: parityOf("plain"), se: parityOf("se") },
  };
}

/** The fields that say what a case ran, and where. */
function ranFields(
  plan: CasePlan,
  { availability, hostVersion, hostStart, threads, reference }: ProofCircumstances,
) {
  return {
    engineVersion: availability.version,
    hostVersion,
    hostStart,
    device: availability.device,
    threads,
    ...(reference === "oracle" ? {} : { reference }),
    images: plan.images,
    batchNorm: plan.model === null ? ("folded" as const) : ("as in the file" as const),
    quantisation: recordQuantisation(plan),
  };
}

/**
 * Records what a model by itself proves, or the case as failed where its device is not proven.
 *
 * @param member what was measured of the file
 * @param seen the conditions under which it was timed, or null where it was not
 */
export function recordAlone(
  plan: ModelPlan,
  { attestation, ...answers }: MemberProof,
  truth: MemberTruth,
  circumstances: ProofCircumstances,
  member: AloneCase["members"]["se"],
  seen: AloneCase["conditions"],
): AloneCase | FailedCase {
  const { proven, reason } = attestation;
  if (!proven || reason !== null) {
    return failedCase(plan, new JobError(`the device is not proven: ${reason}`), attestation);
  }
  const tolerance = toleranceFor(plan.precision, attestation);
  const { name, se } = plan.model;
  return {
    ...identityOf(plan),
    status: "alone",
    reason: plan.untimed?.reason ?? "It has no SE that could be cut out, and so no overhead",
    remedy: plan.untimed?.remedy ?? null,
    ...ranFields(plan, circumstances),
    weights: { kind: "model", name, sha256: se.sha256, hash: { se: truth.weightsHash } },
    attestation: { ...attestation, proven, reason },
    members: { se: member },
    parity: { tolerance, se: truth.compare(answers, tolerance) },
    conditions: seen,
  };
}

/** Joins the plan of a case that is not timed, what it proves, and the oracle's answer. */
export function recordUntimed(
  plan: CasePlan,
  untimed: Untimed,
  { members, preparedFirst, ...proven }: CaseProof,
  truth: PairTruth,
  circumstances: ProofCircumstances,
): UntimedCase | FailedCase {
  const proof = recordProof(plan, proven, truth, circumstances);
  if ("status" in proof) return proof;
  const memberOf = (member: Member) => {
    const { parameters, macs } = truth[member];
    return { parameters, macs, ...members[member] };
  };
  return {
    ...identityOf(plan),
    status: "untimed",
    ...untimed,
    ...proof,
    preparedFirst,
    members: { plain: memberOf("plain"), se: memberOf("se") },
  };
}

export function failedCase(
  plan: CasePlan,
  error: unknown,
  attestation: Attestation | null = null,
): FailedCase {
  return {
    ...identityOf(plan),
    status: "failed",
    reason: (error instanceof Error && error.message) || String(error),
    remedy: error instanceof JobError ? error.remedy : null,
    attestation,
  };
}

export function unavailableCase(plan: CasePlan, { reason, remedy }: Lack): UnavailableCase {
  return { ...identityOf(plan), status: "unavailable", reason, remedy };
}

/** The fields that tell a case from the others of its run. */
export function identityOf(plan: CasePlan) {
  const { id, runtime, host, network, plain, imageSize, batch, precision, lowering } = plan;
  return { id, runtime, host, network, plain, imageSize, batch, precision, lowering };
}

/**
 * Joins the attestations of both members. The result is proven where both members are, and keeps
 * the evidence of each.
 */
function joinAttestations({ plain, se }: CaseProof["attestation"]): Attestation {
  return {
    device: se.device,
    proven: plain.proven && se.proven,
    reason: plain.reason ?? se.reason,
    software: plain.software || se.software,
    threads: se.threads,
    tf32: plain.tf32 || se.tf32,
    evidence: { plain: plain.evidence, se: se.evidence },
  };
}

/**
 * Records how int8 got its scales: `measureRanges` keeps the least and the greatest value over the
 * images that the plan names.
 */
function recordQuantisation({ quantisation }: CasePlan): OkCase["quantisation"] {
  if (quantisation === null) return null;
  const { dataset, count, keep } = quantisation as QuantisationImages;
  return { method: "min-max", dataset, images: count, ...(keep && { keep }) };
}
