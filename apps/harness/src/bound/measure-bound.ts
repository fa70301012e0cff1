import {
  latencySummary,
  overheadBound,
  type OverheadBound,
  overheadEstimate,
  type RooflineRequest,
} from "@sebench/measure";
import type { BoundedPair } from "@sebench/report";
import { boundRecord } from "@sebench/results";
import { buildNetwork, countMacs, countParameters } from "@sebench/spec";
import { JobError } from "../host.ts";
import type { CasePlan } from "../plan.ts";
import { profiles } from "../profile.ts";
import type { RangeAnswers } from "../range-answers.ts";
import { measureJob, pairOf, rangesOf, type RunContext, timeoutOf } from "../run-cases.ts";
import { engineOptionsOf } from "../run-options.ts";

export interface BoundContext extends Pick<RunContext, "options" | "hosts" | "signal" | "seed"> {
  readonly ranges: RangeAnswers;
}

/** Time for the probes, of the case's, in seconds. */
const fewestProbeSeconds = 2;
const probeShare = 0.5;

/**
 * Measures a pair, and then, in a process or browser of its own, how fast the
 * runtime computes and reads. Throws a `JobError` where either fails.
 */
export async function measureBound(context: BoundContext, plan: CasePlan): Promise<BoundedPair> {
  const { options, hosts, signal, seed } = context;
  const host = hosts.of(plan.host);
  const watch = { signal, timeoutMs: timeoutOf(plan, options), onProgress: () => {} };
  const pair = pairOf(plan, { kind: "seeded", seed });
  const ranges = await rangesOf(plan, pair, context.ranges, watch);
  const job = measureJob({ options, profile: profiles.quick, seed }, plan, pair, ranges);
  const { replicas, attestation } = await host.measure(job, watch);
  const unproven = Object.values(attestation).find(({ proven }) => !proven);
  if (unproven) throw new JobError(`the device is not proven: ${unproven.reason}`);
  const networks = networksOf(plan);
  const roofline = await host.roofline(
    {
      kind: "roofline",
      runtime: plan.runtime,
      engine: engineOptionsOf(options),
      request: requestOf(plan, networks),
    },
    watch,
  );
  const plainMs = latencySummary(replicas.map(({ members }) => members.plain.samplesMs)).p50;
  const { ratio, interval } = overheadEstimate(replicas);
  const bound: OverheadBound = overheadBound(roofline, networks, { ...plan, plainMs });
  const { runtime, network, imageSize, batch } = plan;
  const overhead = { ratio, interval };
  return { runtime, network, imageSize, batch, plainMs, overhead, bound: boundRecord.parse(bound) };
}

function networksOf({ network, plain, imageSize }: CasePlan) {
  return {
    plain: buildNetwork(plain, { imageSize }),
    se: buildNetwork(network, { imageSize }),
  };
}

function requestOf(
  { batch, precision, seconds }: CasePlan,
  { plain, se }: ReturnType<typeof networksOf>,
): RooflineRequest {
  return {
    batch,
    precision,
    parameters: countParameters(se),
    macs: countMacs(plain),
    budgetMs: 1000 * Math.max(fewestProbeSeconds, probeShare * seconds),
  };
}
