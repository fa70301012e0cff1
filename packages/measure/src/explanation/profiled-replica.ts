import type { KernelProfile, KernelTimes } from "@sebench/runtime";
import type { Member } from "../measurement/measurement.ts";
import type { PairedRounds } from "../measurement/overhead.ts";
import { ascending } from "../statistics/quantile.ts";
import { mean } from "../statistics/trimmed-mean.ts";

/**
 * The share of the runs that counts, which are the fastest: other programs only ever
 * slow a run, and take their turn in more than the few runs that a trimmed mean leaves
 * out. Runs count whole or not at all, so that the means of their kernels add up.
 */
const counting = 0.5;

/** A kernel with its mean time over the runs that count, in milliseconds. */
export interface KernelMean extends Omit<KernelTimes, "ms"> {
  readonly ms: number;
}

/** The profile of one member in one replica. */
export interface MemberProfile {
  readonly clock: KernelProfile["clock"];
  /** The mean time of the runs that count, the profiler's included. */
  readonly runMs: number;
  /** The number of runs that count. */
  readonly runs: number;
  /** The kernels, in the order in which they ran. */
  readonly kernels: readonly KernelMean[];
}

/**
 * A replica whose members ran in sessions that keep a profile and in sessions that keep
 * none, in the same rounds.
 */
export interface ProfiledReplica extends PairedRounds {
  readonly profiles: Readonly<Record<Member, MemberProfile>>;
}

/**
 * Reduces a profile to the means over the runs that count.
 *
 * @param skip The number of runs at the start that only warmed the session up.
 */
export function memberProfile(
  { clock, runMs, kernels }: Pick<KernelProfile, "clock" | "runMs" | "kernels">,
  skip: number,
): MemberProfile {
  const fast = fastRuns(runMs.slice(skip)).map((run) => run + skip);
  const meanOf = (ms: readonly number[]) => mean(fast.map((run) => ms[run]!));
  return {
    clock,
    runMs: meanOf(runMs),
    runs: fast.length,
    kernels: kernels.map(({ node, op, inputs, ms }) => {
      const own = meanOf(ms);
      return { node, op, inputs, ms: own };
    }),
  };
}

/** The mean time of the runs that count, in a session without a profile. */
export function latencyMs(samplesMs: readonly (readonly number[])[]): number {
  const runMs = samplesMs.flat();
  return mean(fastRuns(runMs).map((run) => runMs[run]!));
}

/** The indices of the runs that count. */
function fastRuns(runMs: readonly number[]): number[] {
  const sorted = ascending(runMs);
  const limit = sorted[Math.ceil(counting * runMs.length) - 1]!;
  return runMs.flatMap((ms, run) => (ms <= limit ? [run] : []));
}
