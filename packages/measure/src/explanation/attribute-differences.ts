import {
  type OverheadEstimate,
  overheadEstimate,
  halfWidthOfMean,
} from "../measurement/overhead.ts";
import type { Interval } from "../statistics/interval.ts";
import { median } from "../statistics/quantile.ts";
import { mean, trimmedMean } from "../statistics/trimmed-mean.ts";

/**
 * The networks whose times are compared: both members, and the network with SE without its
 * squeeze, without its excitation, and without both, so that the product with a gate is left alone.
 */
export const differing = [
  "plain",
  "se",
  "without squeeze",
  "without excite",
  "scale alone",
] as const;
export type Differing = (typeof differing)[number];

/** The medians of each network's visits in one replica, in milliseconds, by round. */
export type DifferingRounds = Readonly<Record<Differing, readonly number[]>>;

/** A difference of times. */
interface Difference {
  /** The mean over the replicas, in milliseconds. */
  readonly ms: number;
  /** The 95 % t interval of `ms`, from how replicas differ, or null for a single replica. */
  readonly interval: Interval | null;
}

/**
 * The overhead of SE taken apart by leaving its steps out: `measured` is the sum of the steps and
 * of `rest`.
 */
export interface Differences {
  readonly measured: Difference;
  readonly overhead: OverheadEstimate;
  /** SE less SE without a squeeze. */
  readonly squeeze: Difference;
  /** SE less SE without an excitation. */
  readonly excite: Difference;
  /** SE without squeeze and excitation, less plain. */
  readonly scale: Difference;
  /**
   * What the three do not add up to: the time by which a step costs more or less beside the others
   * than the differences tell, and chance.
   */
  readonly rest: Difference;
  /** The median latency of each network, in milliseconds. */
  readonly latencyMs: Readonly<Record<Differing, number>>;
}

/** The share of a replica's rounds that is cut off at each end. */
const trim = 0.2;

/**
 * Takes the overhead apart by differences of times from the same rounds. A replica gives the 20 %
 * trimmed mean of its rounds' differences, and the replicas their mean with a t interval.
 *
 * @param replicas The replicas, at least one, each with at least one round.
 */
export function attributeDifferences(replicas: readonly DifferingRounds[]): Differences {
  const between = (one: Differing, other: Differing) =>
    replicas.map((rounds) =>
      trimmedMean(
        rounds[one].map((ms, round) => ms - rounds[other][round]!),
        trim,
      ),
    );
  const measured = between("se", "plain");
  const squeeze = between("se", "without squeeze");
  const excite = between("se", "without excite");
  const scale = between("scale alone", "plain");
  const rest = measured.map((ms, at) => ms - squeeze[at]! - excite[at]! - scale[at]!);
  return {
    measured: overReplicas(measured),
    overhead: overheadEstimate(replicas.map(pairOf)),
    squeeze: overReplicas(squeeze),
    excite: overReplicas(excite),
    scale: overReplicas(scale),
    rest: overReplicas(rest),
    latencyMs: Object.fromEntries(
      differing.map((name) => [name, median(replicas.flatMap((rounds) => rounds[name]))]),
    ) as Record<Differing, number>,
  };
}

function pairOf({ plain, se }: DifferingRounds) {
  const samplesOf = (medians: readonly number[]) => ({ samplesMs: medians.map((ms) => [ms]) });
  return { members: { plain: samplesOf(plain), se: samplesOf(se) } };
}

function overReplicas(values: readonly number[]): Difference {
  const ms = mean(values);
  const halfWidth = halfWidthOfMean(values);
  return { ms, interval: halfWidth === null ? null : [ms - halfWidth, ms + halfWidth] };
}
