import { latencySummary, overheadEstimate } from "@sebench/measure";
import type { BoundedPair } from "@sebench/report";
import { JobError } from "../host.ts";
import type { CasePlan } from "../plan.ts";
import { profiles } from "../profile.ts";
import type { RangeAnswers } from "../range-answers.ts";
import { measureJob, pairOf, rangesOf, type RunContext, timeoutOf } from "../run-cases.ts";
import { engineOptionsOf } from "../run-options.ts";
import { boundOf, type Rooflines } from "./rooflines.ts";

export interface BoundContext extends Pick<RunContext, "options" | "hosts" | "signal" | "seed"> {
  readonly ranges: RangeAnswers;
  readonly rooflines: Rooflines;
}

/**
 * Measures a pair, and then, in a process or browser of its own, how fast the
 * runtime computes and reads. Throws a `JobError` where either fails.
 */
export async function measureBound(context: BoundContext, plan: CasePlan): Promise<BoundedPair> {
  const { options, hosts, signal, seed } = context;
  const watch = { signal, timeoutMs: timeoutOf(plan, options), onProgress: () => {} };
  const pair = pairOf(plan, { kind: "seeded", seed });
  const ranges = await rangesOf(plan, pair, context.ranges, watch);
  const job = measureJob({ options, profile: profiles.quick, seed }, plan, pair, ranges);
  const host = hosts.of(plan.host);
  const { replicas, attestation } = await host.measure(job, watch);
  const unproven = Object.values(attestation).find(({ proven }) => !proven);
  if (unproven) throw new JobError(`the device is not proven: ${unproven.reason}`);
  const roofline = await context.rooflines.of(plan, host, engineOptionsOf(options), watch);
  const plainMs = latencySummary(replicas.map(({ members }) => members.plain.samplesMs)).p50;
  const { ratio, interval } = overheadEstimate(replicas);
  const { runtime, network, imageSize, batch, lowering } = plan;
  const overhead = { ratio, interval };
  const bound = boundOf(plan, roofline, plainMs);
  return { runtime, network, imageSize, batch, lowering, plainMs, overhead, bound };
}
