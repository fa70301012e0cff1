import { median } from "@sebench/measure";
import { z } from "zod";
import { isCaseId } from "../case/case-id.ts";
import { caseCalibration } from "../case/case-calibration.ts";
import { type AloneCase, type OkCase, parityHolds, type RanCase } from "../case/case-record.ts";
import { naiveOf } from "../case/naive-form.ts";
import { servingSummary, summarizeServing } from "../serving/serving-summary.ts";
import {
  count,
  divisor,
  interval,
  latencyRatio,
  milliseconds,
  moment,
  ofBoth,
  quantity,
  replicaErrors,
  words,
} from "../record/quantity.ts";
import type { RunRecord } from "../run/run-record.ts";

/** The schema of a history that this version writes and reads. */
export const historySchema = "sebench-history/1";

const latency = z.strictObject({
  p50: divisor,
  p90: milliseconds.nullable(),
  /** The median of each replica. */
  replicas: z.array(milliseconds).min(1).readonly(),
});

const proof = z.strictObject({
  engineVersion: words,
  hostVersion: words,
  /** The name of the device, as the engine or the system gives it. */
  device: words,
  software: z.boolean(),
  /** The threads that the engine computed with on the CPU, or null if a GPU computed. */
  threads: count.nullable(),
  parity: z.boolean(),
});
/** What a case proves, whether it was timed or not. */
export type ProofSummary = z.infer<typeof proof>;

const measured = z.strictObject({
  ...proof.shape,
  /** The overhead as the ratio of SE's latency to plain's. */
  overhead: z.strictObject({
    ratio: latencyRatio,
    interval: interval.nullable(),
    replicas: z.array(latencyRatio).min(1).readonly(),
    within: replicaErrors,
  }),
  /**
   * The time of this form of SE divided by that of the naive form, from the same rounds, or null
   * where this is the naive form or the forms were measured apart.
   */
  gain: z
    .strictObject({
      ratio: latencyRatio,
      replicas: z.array(latencyRatio).min(1).readonly(),
      within: replicaErrors,
    })
    .nullable()
    .default(null),
  latencyMs: ofBoth(latency),
  /** The accuracy of the member with SE, or null if it was not measured. */
  top1: z.strictObject({ share: quantity, interval }).nullable(),
  calibration: caseCalibration.nullable(),
  /** What a server meets, or null if that was not asked for. */
  serving: servingSummary.nullable().default(null),
});
export type MeasuredSummary = z.infer<typeof measured>;

/**
 * A case of a run without its samples, which is what is compared with other runs, and
 * a line of the history.
 */
export const caseSummary = z.strictObject({
  schema: z.literal(historySchema),
  /** The id of the run. */
  run: words,
  started: moment,
  commit: words.nullable(),
  branch: words.nullable(),
  /** The version of sebench. */
  sebench: words,
  /** The key of the machine. */
  machine: words,
  /** The id of the case. */
  id: z.string().refine(isCaseId, { error: "does not name a case" }),
  status: z.enum(["ok", "untimed", "alone", "failed", "unavailable"]),
  /** The reason why there are no figures, or null if there are. */
  reason: words.nullable(),
  measured: measured.nullable(),
  /** What a case proves that has no overhead, or null for any other case. */
  proof: proof.nullable().default(null),
});
export type CaseSummary = z.infer<typeof caseSummary>;

/**
 * Summarizes the cases of a run.
 *
 * @param known The branch and commit, which take the place of those in the run's own record.
 */
export function summarizeRun(
  { run, machine, cases }: RunRecord,
  known: { readonly branch?: string | undefined; readonly commit?: string | undefined } = {},
): CaseSummary[] {
  const branch = known.branch ?? run.git?.branch ?? null;
  const commit = known.commit ?? run.git?.commit ?? null;
  return cases.map((record) => ({
    schema: historySchema,
    run: run.id,
    started: run.started,
    commit,
    branch,
    sebench: run.sebench,
    machine: machine.key,
    id: record.id,
    status: record.status,
    reason: record.status === "ok" ? null : record.reason,
    measured: record.status === "ok" ? summarizeMeasured(record) : null,
    proof: record.status === "untimed" || record.status === "alone" ? summarizeProof(record) : null,
  }));
}

function summarizeProof(record: RanCase | AloneCase): ProofSummary {
  const { engineVersion, hostVersion, device, attestation } = record;
  const { software, threads } = attestation;
  const parity = record.status === "alone" ? record.parity.se.pass : parityHolds(record);
  return { engineVersion, hostVersion, device: device.name, software, threads, parity };
}

function summarizeMeasured(record: OkCase): MeasuredSummary {
  const { overhead, members } = record;
  const { ratio, interval: covered, replicas, within } = overhead;
  const latencyOf = ({ latencyMs, samplesMs }: (typeof members)["se"]) => ({
    p50: latencyMs.p50,
    p90: latencyMs.p90,
    replicas: samplesMs.map((rounds) => median(rounds.flat())),
  });
  return {
    ...summarizeProof(record),
    overhead: { ratio, interval: covered, replicas, within },
    gain: gainOf(record),
    latencyMs: { plain: latencyOf(members.plain), se: latencyOf(members.se) },
    top1: record.accuracy && {
      share: record.accuracy.se.top1,
      interval: record.accuracy.se.interval,
    },
    calibration: record.calibration,
    serving: record.serving === undefined ? null : summarizeServing(record.serving),
  };
}

function gainOf({ lowering, besideForms }: OkCase): MeasuredSummary["gain"] {
  const naive = naiveOf([lowering, ...besideForms.map((form) => form.lowering)]);
  const over = besideForms.find((form) => form.lowering === naive);
  return over ? { ratio: over.ratio, replicas: over.replicas, within: over.within } : null;
}
