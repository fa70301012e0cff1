import { type Member, members, seededRandom, shuffled } from "@sebench/measure";
import type { CalibrationTrial } from "@sebench/results";
import type { NetworkPlan } from "../plan/case-plan.ts";

/** A trial of a calibration, before it has run. */
export interface TrialPlan {
  readonly plan: NetworkPlan;
  readonly member: Member;
  /** The slowdown of one side, as a fraction: 0.02 makes its runs 2 % slower. */
  readonly slowdown: number;
  /** The seed of the order of visits, which is another one in each trial. */
  readonly seed: number;
}

export interface TrialCounts {
  /** The number of trials without a slowdown, for each case. */
  readonly unslowed: number;
  /** The number of trials for each case and slowdown. */
  readonly slowed: number;
  readonly slowdowns: readonly number[];
}

/**
 * The trials that are still to be run, in random order, so that changes of the machine over an hour
 * meet every kind of trial.
 *
 * @param done the trials of a case that have been run
 */
export function planTrials(
  cases: readonly NetworkPlan[],
  { unslowed, slowed, slowdowns }: TrialCounts,
  options: {
    readonly seed: number;
    readonly done: (plan: NetworkPlan) => readonly CalibrationTrial[];
  },
): TrialPlan[] {
  const trials = cases.flatMap((plan) =>
    [0, ...slowdowns].flatMap((slowdown) => {
      const had = options.done(plan).filter((trial) => trial.slowdown === slowdown).length;
      const wanted = slowdown === 0 ? unslowed : slowed;
      return Array.from({ length: Math.max(0, wanted - had) }, (_, index) => {
        const member = members[(had + index) % members.length]!;
        return { plan, slowdown, member, seed: options.seed + had + index };
      });
    }),
  );
  return shuffled(trials, seededRandom(options.seed));
}
