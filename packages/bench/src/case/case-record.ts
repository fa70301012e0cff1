import {
  type CaseMeasurement,
  latencySummary,
  median,
  type Member,
  type MemberReplica,
  type MembersMeasurement,
  type OverheadEstimate,
  overheadEstimate,
  processorTime,
  type Replica,
  type Roofline,
  type RoundConditions,
} from "@sebench/measure";
import {
  type AloneCase,
  type CalibrationRecord,
  calibrationOf,
  type CaseConditions,
  type CaseProcessorTime,
  type FailedCase,
  type MemberRecord,
  type OkCase,
  type StartRecord,
} from "@sebench/results";
import type { Attestation } from "@sebench/runtime";
import { type LabelledAnswers, measureAccuracy } from "./accuracy.ts";
import {
  identityOf,
  type MemberTruth,
  type PairTruth,
  type ProofCircumstances,
  recordAlone,
  recordProof,
} from "./case-proof.ts";
import type { ModelPlan } from "../plan/case-plan.ts";
import { besideForms, type MeasuredForms, timeOf } from "./measured-forms.ts";
import { boundOf } from "./shared-answers.ts";

/** What is known of a case that was timed, besides its plan and what was measured. */
export interface CaseCircumstances extends ProofCircumstances {
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
 * Joins a case's plan, its measurement and what is right.
 *
 * @param form the place of the case among the forms
 */
export function recordCase(
  measured: MeasuredForms,
  form: number,
  truth: PairTruth,
  circumstances: CaseCircumstances,
): OkCase | FailedCase {
  const [plan, measurement] = [measured.plans[form]!, measured.measurements[form]!];
  const proof = recordProof(plan, measurement, truth, circumstances);
  if ("status" in proof) return proof;
  const { threads, calibration, roofline, start } = circumstances;
  const members = {
    plain: recordMember("plain", measurement, truth.plain, plan.batch),
    se: recordMember("se", measurement, truth.se, plan.batch),
  };
  const overhead = { ...overheadEstimate(measurement.replicas), stopped: measurement.stopped };
  return {
    ...identityOf(plan),
    status: "ok",
    ...proof,
    preparedFirst: measurement.replicas.map(({ preparedFirst }) => preparedFirst),
    members,
    overhead,
    besideForms: besideForms(measured, form),
    time: timeOf(measured),
    conditions: recordConditions(measurement.replicas),
    processor: recordProcessor(measurement.replicas, proof.attestation),
    calibration: calibrationOf({ id: plan.id, threads, overhead }, calibration),
    accuracy: recordAccuracy(measurement, circumstances),
    bound:
      roofline === null || plan.model !== null
        ? null
        : boundOf(plan, roofline, members.plain.latencyMs.p50),
    start,
  };
}

function recordMember(
  member: Member,
  { replicas }: CaseMeasurement,
  truth: MemberTruth,
  batch: number,
): MemberRecord {
  return memberOfReplicas(
    replicas.map(({ members }) => members[member]),
    truth,
    batch,
  );
}

/** What means of several runs do not tell of the slowest ones. */
const noTails = { p90: null, p90Interval: null, p99: null, p99Interval: null } as const;

/** Joins what a member took in each replica. */
function memberOfReplicas(
  own: readonly MemberReplica[],
  { parameters, macs }: Pick<MemberTruth, "parameters" | "macs">,
  batch: number,
): MemberRecord {
  const samplesMs = own.map((replica) => replica.samplesMs);
  const together = own.map(({ runsPerSample = 1 }) => runsPerSample);
  const areMeans = together.some((runs) => runs > 1);
  const latencyMs = { ...latencySummary(samplesMs), ...(areMeans && noTails) };
  return {
    parameters,
    macs,
    prepareMs: onceAReplica(own.map(({ prepareMs }) => prepareMs)),
    firstRunMs: onceAReplica(own.map(({ firstRunMs }) => firstRunMs)),
    warmUpRuns: own.map(({ warmUpRuns }) => warmUpRuns),
    steady: own.map(({ steady }) => steady),
    latencyMs,
    ...(areMeans && { runsPerSample: together }),
    imagesPerSecond: (1000 * batch) / latencyMs.p50,
    // Replicas share a process, so memory is that of the fresh starts.
    peakRssBytes: null,
    samplesMs,
  };
}

/** Records a model that was timed by itself. */
export function recordTimedAlone(
  plan: ModelPlan,
  { replicas, proofs }: MembersMeasurement,
  truth: MemberTruth,
  circumstances: ProofCircumstances,
): AloneCase | FailedCase {
  const own = replicas.map(({ members }) => members[0]!);
  const member = memberOfReplicas(own, truth, plan.batch);
  return recordAlone(plan, proofs[0]!, truth, circumstances, member, recordConditions(replicas));
}

function onceAReplica(values: readonly number[]) {
  return { median: median(values), replicas: values };
}

function recordAccuracy(
  { labelledLogits }: CaseMeasurement,
  { labelled }: CaseCircumstances,
): OkCase["accuracy"] {
  return labelled && labelledLogits && measureAccuracy(labelledLogits, labelled);
}

/**
 * Joins what was seen of the machine in each replica, or gives null where the host could not look.
 */
export function recordConditions(
  replicas: readonly Pick<Replica, "conditions">[],
): CaseConditions | null {
  const seen = replicas.flatMap(({ conditions }) => conditions ?? []);
  if (seen.length < replicas.length) return null;
  const recorded = seen.map(({ rounds, gpus, voided }) => ({
    foreignCores: byRound(rounds, ({ foreignCores }) => foreignCores),
    load: byRound(rounds, ({ load }) => load),
    clockMHz: byRound(rounds, ({ clockMHz }) => clockMHz),
    temperatureC: byRound(rounds, ({ temperatureC }) => temperatureC),
    powerW: byRound(rounds, ({ powerW }) => powerW),
    disturbed: rounds.flatMap(({ disturbed }, index) => (disturbed ? [index] : [])),
    gpus,
    voided,
  }));
  const disturbedRounds = recorded.reduce((sum, { disturbed }) => sum + disturbed.length, 0);
  return { replicas: recorded, disturbedRounds };
}

/**
 * The values of a condition in each round, to the hundredth, or null where a round has no value.
 */
function byRound(
  rounds: readonly RoundConditions[],
  read: (round: RoundConditions) => number | null,
): number[] | null {
  const values = rounds.flatMap((round) => read(round) ?? []);
  return values.length < rounds.length
    ? null
    : values.map((value) => Math.round(value * 100) / 100);
}

/**
 * Records the processor time of the rounds, or gives null where the host did not tell it. Where a
 * GPU computed, no round counts as held up; where several threads did, there is no overhead by
 * processor time, since a pool that waits by spinning takes it for nothing.
 */
export function recordProcessor(
  replicas: readonly Replica[],
  { threads }: Pick<Attestation, "threads">,
): CaseProcessorTime | null {
  const found = processorTime(replicas);
  if (found === null) return null;
  const { stepMs, ofRunMs, usual, heldUp, overhead } = found;
  return {
    stepMs,
    members: {
      plain: { usualRatio: usual.plain, processorMs: ofRunMs.plain },
      se: { usualRatio: usual.se, processorMs: ofRunMs.se },
    },
    heldUp: threads === null ? null : heldUp,
    overhead: threads === 1 && overhead !== null ? secondEstimate(overhead) : null,
  };
}

/** An overhead without the errors within its replicas, which only a comparison of runs needs. */
function secondEstimate({ ratio, interval, replicas, rounds }: OverheadEstimate) {
  return { ratio, interval, replicas, rounds };
}
