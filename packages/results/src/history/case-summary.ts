import { median } from "@sebench/measure";
import { z } from "zod";
import { caseCalibration, type OkCase, parityHolds } from "../case/case-record.ts";
import { count, interval, milliseconds, moment, ofBoth, words } from "../record/quantity.ts";
import type { RunRecord } from "../run/run-record.ts";

/** The form that this version writes and reads. */
export const historySchema = "sebench-history/1";

const latency = z.strictObject({
  p50: milliseconds,
  p90: milliseconds.nullable(),
  /** The median of each replica. */
  replicas: z.array(milliseconds).min(1).readonly(),
});

const measured = z.strictObject({
  engineVersion: words,
  hostVersion: words,
  /** As the engine or the system names it. */
  device: words,
  software: z.boolean(),
  /** That the engine computed with on the CPU; null where a GPU computed. */
  threads: count.nullable(),
  /** SE latency / plain latency. */
  overhead: z.strictObject({
    ratio: z.number().positive(),
    interval: interval.nullable(),
    replicas: z.array(z.number().positive()).min(1).readonly(),
  }),
  latencyMs: ofBoth(latency),
  parity: z.boolean(),
  /** Of the member with SE. */
  top1: z.strictObject({ share: z.number(), interval }).nullable(),
  calibration: caseCalibration.nullable(),
});
export type MeasuredSummary = z.infer<typeof measured>;

/**
 * One case of one run, without its samples: what is compared with other runs, and
 * a line of the history.
 */
export const caseSummary = z.strictObject({
  schema: z.literal(historySchema),
  /** Id of the run. */
  run: words,
  started: moment,
  commit: words.nullable(),
  branch: words.nullable(),
  /** Version of sebench. */
  sebench: words,
  /** Key of the machine. */
  machine: words,
  /** Id of the case. */
  id: words,
  status: z.enum(["ok", "failed", "unavailable"]),
  /** Why there are no figures; null where there are. */
  reason: words.nullable(),
  measured: measured.nullable(),
});
export type CaseSummary = z.infer<typeof caseSummary>;

/** @param known of the checkout, where the run's own record does not know better */
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
  }));
}

function summarizeMeasured(record: OkCase): MeasuredSummary {
  const { engineVersion, hostVersion, device, attestation, overhead, members } = record;
  const { ratio, interval: within, replicas } = overhead;
  const latencyOf = ({ latencyMs, samplesMs }: (typeof members)["se"]) => ({
    p50: latencyMs.p50,
    p90: latencyMs.p90,
    replicas: samplesMs.map((rounds) => median(rounds.flat())),
  });
  return {
    engineVersion,
    hostVersion,
    device: device.name,
    software: attestation.software,
    threads: attestation.threads,
    overhead: { ratio, interval: within, replicas },
    latencyMs: { plain: latencyOf(members.plain), se: latencyOf(members.se) },
    parity: parityHolds(record),
    top1: record.accuracy && {
      share: record.accuracy.se.top1,
      interval: record.accuracy.se.interval,
    },
    calibration: record.calibration,
  };
}
