import { type AnswerTo, type OracleAnswer, type OracleJob, JobError } from "@sebench/jobs";
import {
  type CaseMeasurement,
  latencySummary,
  median,
  type Member,
  overheadEstimate,
  type Roofline,
} from "@sebench/measure";
import {
  type CalibrationRecord,
  calibrationOf,
  type FailedCase,
  type MemberRecord,
  type OkCase,
  type UnavailableCase,
  type StartRecord,
  type WeightsOrigin,
} from "@sebench/results";
import type { Attestation, Availability, Lack, Precision } from "@sebench/runtime";
import type { CasePlan } from "../plan/case-plan.ts";
import { type LabelledAnswers, measureAccuracy } from "./accuracy.ts";
import { recordConditions, recordProcessor } from "./conditions.ts";
import { besideForms, type MeasuredForms, timeOf } from "./measured-forms.ts";
import { compareLogits, type Parity } from "./parity.ts";
import { boundOf } from "./shared-answers.ts";

/** The relative difference of logits up to which parity holds, by precision. */
const tolerances: Readonly<Record<Precision, number>> = {
  fp32: 1e-4,
  fp16: 1e-2,
  int8: 1e-1,
};

/** The tolerance of fp32 where NVIDIA's libraries may round factors to 10 bits of mantissa. */
const tf32Tolerance = 1e-2;

export function toleranceFor(precision: Precision, { tf32 }: Pick<Attestation, "tf32">): number {
  return tf32 ? Math.max(tf32Tolerance, tolerances[precision]) : tolerances[precision];
}

/** What is known of a case besides its plan and what was measured. */
export interface CaseCircumstances {
  readonly availability: Extract<Availability, { ok: true }>;
  readonly hostVersion: string;
  readonly hostStart: OkCase["hostStart"];
  readonly threads: number | null;
  readonly weights: WeightsOrigin;
  /** The machine's calibration, or null where the machine was not calibrated. */
  readonly calibration: CalibrationRecord | null;
  /**
   * The labelled images and the oracle's answers to them, or null where none were run, since the
   * weights have learned nothing that the images show.
   */
  readonly labelled: LabelledAnswers | null;
  /** How fast the runtime computes and reads, or null where that was not measured. */
  readonly roofline: Roofline | null;
  readonly start: StartRecord;
}

/**
 * Joins a case's plan, its measurement and the oracle's answer.
 *
 * @param form the place of the case among the forms
 */
export function recordCase(
  measured: MeasuredForms,
  form: number,
  oracle: AnswerTo<OracleJob>,
  circumstances: CaseCircumstances,
): OkCase | FailedCase {
  const [plan, measurement] = [measured.plans[form]!, measured.measurements[form]!];
  const attestation = joinAttestations(measurement.attestation);
  const { proven, reason } = attestation;
  if (!proven || reason !== null) {
    return failedCase(plan, new JobError(`the device is not proven: ${reason}`), attestation);
  }
  const { availability, hostVersion, hostStart, threads, weights, calibration, roofline, start } =
    circumstances;
  const tolerance = toleranceFor(plan.precision, attestation);
  const hash = { plain: oracle.plain.weightsHash, se: oracle.se.weightsHash };
  const members = {
    plain: recordMember("plain", measurement, oracle.plain, plan.batch),
    se: recordMember("se", measurement, oracle.se, plan.batch),
  };
  const overhead = { ...overheadEstimate(measurement.replicas), stopped: measurement.stopped };
  return {
    ...identityOf(plan),
    status: "ok",
    engineVersion: availability.version,
    hostVersion,
    hostStart,
    device: availability.device,
    threads,
    weights: { ...weights, hash },
    images: plan.images,
    batchNorm: "folded",
    quantisation: recordQuantisation(plan),
    attestation: { ...attestation, proven, reason },
    preparedFirst: measurement.replicas.map(({ preparedFirst }) => preparedFirst),
    members,
    overhead,
    besideForms: besideForms(measured, form),
    time: timeOf(measured),
    conditions: recordConditions(measurement.replicas),
    processor: recordProcessor(measurement.replicas, attestation),
    calibration: calibrationOf({ id: plan.id, threads, overhead }, calibration),
    parity: {
      tolerance,
      plain: recordParity(measurement.logits.plain, oracle.plain, tolerance),
      se: recordParity(measurement.logits.se, oracle.se, tolerance),
    },
    accuracy: recordAccuracy(measurement, circumstances),
    bound: roofline && boundOf(plan, roofline, members.plain.latencyMs.p50),
    start,
  };
}

function identityOf(plan: CasePlan) {
  const { id, runtime, host, network, plain, imageSize, batch, precision, lowering } = plan;
  return { id, runtime, host, network, plain, imageSize, batch, precision, lowering };
}

/**
 * Joins the attestations of both members. The result is proven where both members are, and keeps
 * the evidence of each.
 */
function joinAttestations({ plain, se }: CaseMeasurement["attestation"]): Attestation {
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

function recordMember(
  member: Member,
  { replicas }: CaseMeasurement,
  { parameters, macs }: OracleAnswer,
  batch: number,
): MemberRecord {
  const own = replicas.map(({ members }) => members[member]);
  const samplesMs = own.map((replica) => replica.samplesMs);
  const latencyMs = latencySummary(samplesMs);
  return {
    parameters,
    macs,
    prepareMs: onceAReplica(own.map(({ prepareMs }) => prepareMs)),
    firstRunMs: onceAReplica(own.map(({ firstRunMs }) => firstRunMs)),
    warmUpRuns: own.map(({ warmUpRuns }) => warmUpRuns),
    steady: own.map(({ steady }) => steady),
    latencyMs,
    imagesPerSecond: (1000 * batch) / latencyMs.p50,
    // Replicas share a process, so memory is that of the fresh starts.
    peakRssBytes: null,
    samplesMs,
  };
}

/**
 * Records how int8 got its scales: `measureRanges` keeps the least and the greatest value over the
 * images that the plan names.
 */
function recordQuantisation({ quantisation }: CasePlan): OkCase["quantisation"] {
  if (quantisation === null) return null;
  return { method: "min-max", dataset: quantisation.dataset, images: quantisation.count };
}

function onceAReplica(values: readonly number[]) {
  return { median: median(values), replicas: values };
}

function recordParity(
  logits: Float32Array,
  { logits: expected, classes }: OracleAnswer,
  tolerance: number,
): OkCase["parity"]["se"] {
  const parity: Parity = compareLogits(logits, expected, { classes, tolerance });
  const { maxAbs, relative, top1Agreement, images, pass } = parity;
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return { maxAbs: finite(maxAbs), relative: finite(relative), top1Agreement, images, pass };
}

function recordAccuracy(
  { labelledLogits }: CaseMeasurement,
  { labelled }: CaseCircumstances,
): OkCase["accuracy"] {
  return labelled && labelledLogits && measureAccuracy(labelledLogits, labelled);
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
