import type { RooflineJob } from "@sebench/jobs";
import { JobError } from "@sebench/jobs";
import {
  boundOfSteps,
  bytesPerValue,
  latencySummary,
  overheadEstimate,
  pairedForms,
  type StepWork,
} from "@sebench/measure";
import { leastSeSteps } from "@sebench/models";
import type { BoundedPair } from "@sebench/report";
import { boundRecord } from "@sebench/results";
import { type BoundContext, measureJob, requireProven, timeoutOf } from "../case/case-job.ts";
import type { ModelPlan } from "../plan/case-plan.ts";
import { engineOptionsOf } from "../plan/options.ts";
import { profiles } from "../plan/profile.ts";
import type { FedModel } from "./feed-models.ts";
import { filesOf } from "./model-truth.ts";
import { lackOfModel } from "./plan-models.ts";

/** The share of a case's time that probing its runtime may take. */
const probeShare = 0.5;
const fewestProbeSeconds = 2;

/**
 * Measures a model beside its twin, and then, in a process or browser of its own, how fast the runtime
 * computes and reads, and gives the least that the model's SE can cost.
 *
 * @throws JobError where either measurement fails, or the model has nothing to bound
 */
export async function boundModel(
  { options, hosts, signal, seed }: BoundContext,
  plan: ModelPlan,
  fed: FedModel,
): Promise<BoundedPair> {
  const { runtime, network, imageSize, batch, lowering } = plan;
  const work = workOf(plan);
  const watch = { signal, timeoutMs: timeoutOf([plan], options), onProgress: () => {} };
  const job = measureJob({ options, profile: profiles.quick, seed }, [plan], filesOf(fed));
  const host = hosts.of(plan.host);
  const [measured] = pairedForms(await host.run(job, watch));
  const { replicas, attestation } = measured!;
  requireProven(Object.values(attestation));
  const probe: RooflineJob = {
    kind: "roofline",
    runtime,
    engine: engineOptionsOf(options),
    request: {
      batch,
      precision: "fp32",
      parameters: work.parameters,
      macs: Math.round(work.plain.macs / batch),
      budgetMs: 1000 * Math.max(fewestProbeSeconds, probeShare * plan.seconds),
    },
  };
  const roofline = await host.run(probe, watch);
  const plainMs = latencySummary(replicas.map((replica) => replica.members.plain.samplesMs)).p50;
  const { ratio, interval } = overheadEstimate(replicas);
  const bound = boundRecord.parse(boundOfSteps(roofline, work.steps, work.plain, plainMs));
  const overhead = { ratio, interval };
  return { runtime, network, imageSize, batch, lowering, plainMs, overhead, bound };
}

/** What a model's SE computes and reads at the least, and what its twin does. */
function workOf(plan: ModelPlan): {
  steps: readonly StepWork[];
  plain: StepWork;
  parameters: number;
} {
  const { name, se, plain, precision } = plan.model;
  const lack = lackOfModel(plan);
  if (lack !== null) throw new JobError(lack.reason, { remedy: lack.remedy });
  const measured = { remedy: "bench run --model measures the file" };
  if (plain === null) throw new JobError(`${name} has no SE that can be cut out`, measured);
  if (precision !== "fp32") {
    throw new JobError(`${name} is ${precision}, and what is probed are rates in fp32`, measured);
  }
  const steps = leastSeSteps(se.file.path, new Map(Object.entries(se.file.sizes)));
  if (steps === null || plain.macs === null) {
    throw new JobError(`the multiply-accumulates of ${name} cannot be told`, {
      remedy: "bench inspect says which node's shape is not known",
    });
  }
  const bytesEach = bytesPerValue.fp32;
  return {
    steps: steps.map(({ macs, parameters }) => ({ macs, bytes: bytesEach * parameters })),
    plain: { macs: plain.macs, bytes: bytesEach * plain.parameters },
    parameters: se.parameters,
  };
}
