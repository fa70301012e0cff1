import { latencySummary, overheadEstimate } from "@sebench/measure";
import type { BoundedPair } from "@sebench/report";
import { measureJob, pairOf, rangesOf, timeoutOf, requireProven } from "../case/case-job.ts";
import { type RangeAnswers, boundOf, type Rooflines } from "../case/shared-answers.ts";
import type { CasePlan } from "../plan/case-plan.ts";
import { engineOptionsOf } from "../plan/options.ts";
import { profiles } from "../plan/profile.ts";
import type { RunContext } from "../run/run-cases.ts";

export interface BoundContext extends Pick<RunContext, "options" | "hosts" | "signal" | "seed"> {
  readonly ranges: RangeAnswers;
  readonly rooflines: Rooflines;
}

/**
 * Measures a pair, and then, in a process or browser of its own, how fast the runtime computes and
 * reads. Throws a `JobError` where either measurement fails.
 */
export async function measureBound(context: BoundContext, plan: CasePlan): Promise<BoundedPair> {
  const { options, hosts, signal, seed } = context;
  const watch = { signal, timeoutMs: timeoutOf(plan, options), onProgress: () => {} };
  const pair = pairOf(plan, { kind: "seeded", seed });
  const ranges = await rangesOf(plan, pair, context.ranges, watch);
  const job = measureJob({ options, profile: profiles.quick, seed }, plan, pair, ranges);
  const host = hosts.of(plan.host);
  const { replicas, attestation } = await host.run(job, watch);
  requireProven(Object.values(attestation));
  const roofline = await context.rooflines.of(plan, host, engineOptionsOf(options), watch);
  const plainMs = latencySummary(replicas.map(({ members }) => members.plain.samplesMs)).p50;
  const { ratio, interval } = overheadEstimate(replicas);
  const { runtime, network, imageSize, batch, lowering } = plan;
  const overhead = { ratio, interval };
  const bound = boundOf(plan, roofline, plainMs);
  return { runtime, network, imageSize, batch, lowering, plainMs, overhead, bound };
}
