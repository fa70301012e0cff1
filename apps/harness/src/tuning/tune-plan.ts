import { defaultLowering } from "@sebench/lowering";
import type { Availability } from "@sebench/runtime";
import type { Tuning } from "@sebench/results";
import { buildNetwork } from "@sebench/spec";
import { bestKnownLowering } from "../best-known.ts";
import { JobError } from "../host.ts";
import type { CasePlan } from "../plan.ts";
import { type RaceContext, raceOf } from "./race-plan.ts";
import { searchSpace } from "./search-space.ts";
import type { TraceStep } from "./trace.ts";
import { tune } from "./tune.ts";

/** A case, tuned, and how that came about. */
export interface TunedPlan {
  readonly tuning: Tuning;
  readonly trace: readonly TraceStep[];
}

/** Throws a `JobError` where the naive form cannot be raced. */
export async function tunePlan(
  context: RaceContext,
  plan: CasePlan,
  { version }: Extract<Availability, { ok: true }>,
  onStep: (step: TraceStep) => void,
): Promise<TunedPlan> {
  const { options, host, seed } = context;
  const { runtime, network, imageSize, batch, precision, seconds } = plan;
  const built = buildNetwork(network, { imageSize });
  const naive = defaultLowering(built);
  const space = searchSpace(built, {
    naive,
    best: bestKnownLowering(built, plan),
    nchwc: runtime === "onnxruntime-node/cpu",
    batch,
  });
  const tuned = await tune(raceOf(context, plan), space, {
    budgetMs: 1000 * seconds,
    seed,
    now: () => performance.now(),
    onStep,
  });
  if (!tuned.ok) throw new JobError(tuned.reason);
  const { lowering, trace, finale } = tuned;
  const ratioOf = ({ ratio, interval }: Tuning["gain"]) => ({ ratio, interval });
  const tuning: Tuning = {
    runtime,
    host: plan.host,
    network,
    imageSize,
    batch,
    precision,
    threads: options.threads,
    engineVersion: version,
    hostVersion: host.version,
    tuned: new Date().toISOString(),
    seed,
    seconds,
    naive,
    lowering,
    plainMs: finale.plainMs,
    overhead: { naive: ratioOf(finale.naive), tuned: ratioOf(finale.tuned) },
    gain: ratioOf(finale.gain),
  };
  return { tuning, trace };
}
