import type { JobHost } from "@sebench/hosts";
import type { LoweringName } from "@sebench/lowering";
import { median, type OverheadEstimate, overheadOfRounds, pairedLogRatios } from "@sebench/measure";
import type { Tuning } from "@sebench/results";
import type { CasePlan } from "../plan/case-plan.ts";
import type { RunOptions } from "../plan/options.ts";

/** What the last races say, from sessions by which nothing was chosen. */
export interface Finale {
  /** The latency of the naive form relative to that of the plain network. */
  readonly naive: OverheadEstimate;
  readonly tuned: OverheadEstimate;
  /** The latency of the tuned form relative to that of the naive one. */
  readonly gain: OverheadEstimate;
  /** The median of a run of the plain network, in milliseconds. */
  readonly plainMs: number;
}

/**
 * Joins the last races.
 *
 * @param replicas the medians of a race by racer and round: the plain network, the naive form and,
 *   where it is another one, the tuned form
 */
export function finaleOf(replicas: readonly (readonly (readonly number[])[])[]): Finale {
  const tuned = replicas[0]!.length - 1;
  const between = (one: number, other: number) =>
    overheadOfRounds(replicas.map((medians) => pairedLogRatios(medians[one]!, medians[other]!)));
  return {
    naive: between(1, 0),
    tuned: between(tuned, 0),
    gain: between(tuned, 1),
    plainMs: median(replicas.flatMap(([plain]) => plain!)),
  };
}

/** A finale whose tuned form is the naive one, since that was the faster after all. */
export function withoutGain({ naive, gain, plainMs }: Finale): Finale {
  const { replicas, rounds } = gain;
  const within = gain.within.map((each) => ({ ...each, error: 0 }));
  const none: OverheadEstimate = {
    ratio: 1,
    interval: [1, 1],
    replicas: replicas.map(() => 1),
    within,
    rounds,
  };
  return { naive, tuned: naive, gain: none, plainMs };
}

/** What a tuning is of, and what came out. */
export interface TunedCase {
  readonly options: RunOptions;
  readonly seed: number;
  readonly host: JobHost;
  readonly plan: CasePlan;
  readonly engineVersion: string;
  readonly naive: LoweringName;
  readonly lowering: LoweringName;
  readonly finale: Finale;
}

export function describeTuning({
  options: { threads },
  seed,
  host,
  plan: { runtime, host: hostName, network, imageSize, batch, precision, seconds },
  engineVersion,
  naive,
  lowering,
  finale,
}: TunedCase): Tuning {
  const told = ({ ratio, interval }: OverheadEstimate) => ({ ratio, interval });
  return {
    runtime,
    host: hostName,
    network,
    imageSize,
    batch,
    precision,
    threads,
    engineVersion,
    hostVersion: host.version,
    tuned: new Date().toISOString(),
    seed,
    seconds,
    naive,
    lowering,
    plainMs: finale.plainMs,
    overhead: { naive: told(finale.naive), tuned: told(finale.tuned) },
    gain: told(finale.gain),
  };
}
