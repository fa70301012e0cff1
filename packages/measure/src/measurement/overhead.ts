import { InputError } from "@sebench/spec";
import { confidence, type Interval } from "../statistics/interval.ts";
import { median } from "../statistics/quantile.ts";
import { criticalT } from "../statistics/student-t.ts";
import type { ReplicaError } from "../statistics/ratio-change.ts";
import { locationOfReplicas, type ReplicaLocation } from "../statistics/replica-location.ts";
import { trimmedMean, variance, varianceOfTrimmedMean } from "../statistics/trimmed-mean.ts";
import type { Member } from "./measurement.ts";

/** The share of a replica's rounds that is cut off at each end. */
const trim = 0.2;

/** The samples that the overhead of a replica is worked out from; a `Replica` has them. */
export interface PairedRounds {
  readonly members: Readonly<
    Record<Member, { readonly samplesMs: readonly (readonly number[])[] }>
  >;
}

/** Latencies of SE divided by those of its plain counterpart: 1.1 is an overhead of 10 %. */
export interface OverheadEstimate {
  readonly ratio: number;
  /**
   * The 95 % interval of `ratio`, or null for a single replica, which cannot tell how
   * replicas differ.
   */
  readonly interval: Interval | null;
  /** The ratio of each replica. */
  readonly replicas: readonly number[];
  /** How well each replica's rounds tell its ratio. */
  readonly within: readonly ReplicaError[];
  /** The number of rounds of all replicas. */
  readonly rounds: number;
}

/**
 * The overhead of SE, from rounds in which both members were visited.
 *
 * A round gives the logarithm of the ratio of its visits' medians: what slows
 * the machine for longer than a round cancels. A replica gives the 20 % trimmed
 * mean of its rounds: interference is heavy-tailed and would rule a plain mean.
 * The case gives the location of its replicas and an interval from how *they*
 * differ, by the model of `locationOfReplicas`: rounds of one replica share where
 * its sessions lie in memory and how its threads were placed, and an interval from
 * rounds leaves that out (Kalibera & Jones 2013, "Rigorous benchmarking in
 * reasonable time", ISMM). `bench/coverage.ts` tells how often it covers the truth,
 * beside a t interval of the replicas' mean and intervals from rounds.
 *
 * @param replicas The replicas, at least one, each with at least one round.
 * @throws InputError if a visit's median is 0, since the clock did not move
 */
export function overheadEstimate(replicas: readonly PairedRounds[]): OverheadEstimate {
  return overheadOfRounds(replicas.map(logRatiosOfRounds));
}

/**
 * The time of one form of SE divided by that of another, from rounds in which both forms were
 * visited; the estimate is that of the overhead, with the other form in the place of plain.
 *
 * @param form The replicas of the form.
 * @param other The same replicas of the other form.
 */
export function ratioOfForms(
  form: readonly PairedRounds[],
  other: readonly PairedRounds[],
): OverheadEstimate {
  return overheadEstimate(
    form.map(({ members: { se } }, replica) => ({
      members: { plain: other[replica]!.members.se, se },
    })),
  );
}

/**
 * The overhead of SE, from the logarithms of the rounds' ratios.
 *
 * @param replicas The logarithms by replica and round, at least one of each.
 */
export function overheadOfRounds(replicas: readonly (readonly number[])[]): OverheadEstimate {
  const locations = replicas.map(replicaLocation);
  return {
    ...shared(locations),
    replicas: locations.map(({ location }) => Math.exp(location)),
    within: locations.map(({ variance: own, rounds }) => ({ error: Math.sqrt(own), rounds })),
    rounds: replicas.reduce((sum, rounds) => sum + rounds.length, 0),
  };
}

/**
 * The overhead that replicas share, worked out again from what a record keeps of each.
 *
 * @param within How well the rounds of each replica tell its ratio.
 */
export function overheadOfReplicas({
  replicas,
  within,
}: Pick<OverheadEstimate, "replicas" | "within">): Pick<OverheadEstimate, "ratio" | "interval"> {
  return shared(
    replicas.map((ratio, at): ReplicaLocation => {
      const { error, rounds } = within[at]!;
      return { location: Math.log(ratio), variance: error ** 2, rounds };
    }),
  );
}

function shared(
  locations: readonly ReplicaLocation[],
): Pick<OverheadEstimate, "ratio" | "interval"> {
  const [only] = locations;
  if (locations.length < 2) return { ratio: Math.exp(only!.location), interval: null };
  const { location, interval } = locationOfReplicas(locations);
  return { ratio: Math.exp(location), interval: [Math.exp(interval[0]), Math.exp(interval[1])] };
}

function replicaLocation(rounds: readonly number[]): ReplicaLocation {
  return {
    location: locationOfRounds(rounds),
    variance: varianceOfLocation(rounds) ?? 0,
    rounds: rounds.length - 2 * Math.floor(trim * rounds.length),
  };
}

/** The half-width of the interval, relative to the ratio, or null if there is no interval. */
export function relativeHalfWidth({ ratio, interval }: OverheadEstimate): number | null {
  return interval === null ? null : (interval[1] - interval[0]) / 2 / ratio;
}

/** The logarithm of each round's ratio: the median of SE's visit, divided by that of plain's. */
export function logRatiosOfRounds({ members: { plain, se } }: PairedRounds): number[] {
  return se.samplesMs.map((visit, round) => logMedian(visit) - logMedian(plain.samplesMs[round]!));
}

/** The logarithm of the median of each round's visit to a member, in milliseconds. */
export function logMedianOfRounds({
  samplesMs,
}: {
  readonly samplesMs: readonly (readonly number[])[];
}): number[] {
  return samplesMs.map(logMedian);
}

/** The overhead that a replica's rounds show, as a logarithm: the 20 % trimmed mean of theirs. */
export function locationOfRounds(rounds: readonly number[]): number {
  return trimmedMean(rounds, trim);
}

function logMedian(visit: readonly number[]): number {
  const medianMs = median(visit);
  if (medianMs <= 0) {
    throw new InputError("the median run of a visit took 0 ms: the clock is too coarse", {
      remedy: "measure a larger network, image or batch, or isolate the page for a finer clock",
    });
  }
  return Math.log(medianMs);
}

/**
 * The variance of `locationOfRounds` over repetitions with the same sessions, or null for
 * fewer than two rounds.
 */
export function varianceOfLocation(rounds: readonly number[]): number | null {
  return rounds.length < 2 ? null : varianceOfTrimmedMean(rounds, trim);
}

/** The half-width of the 95 % t interval of a mean, or null for a single value. */
export function halfWidthOfMean(values: readonly number[]): number | null {
  if (values.length < 2) {
    return null;
  }
  return criticalT(confidence, values.length - 1) * Math.sqrt(variance(values) / values.length);
}
