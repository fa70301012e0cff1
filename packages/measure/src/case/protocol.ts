import type { SessionOptions } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type { CaseMeasurement } from "../measurement/measurement.ts";
import {
  locationOfRounds,
  type OverheadEstimate,
  relativeHalfWidth,
  varianceOfLocation,
} from "../measurement/overhead.ts";
import { median } from "../statistics/quantile.ts";
import { mean, variance } from "../statistics/trimmed-mean.ts";

/** The way in which a case is measured. The defaults are in `defaultProtocol`. */
export interface Protocol {
  /** The seed of the order of preparation and of the order of visits. */
  readonly seed: number;
  /**
   * The time for the replicas, counted from the first replica's start, preparation
   * and warm-up included. How it is split is planned after each replica, by what a replica
   * and a round cost and how they vary (`replicasToCome`). It is exceeded if `minReplicas` of
   * `minRounds` rounds take longer; logits, labelled images and attestation come on top.
   */
  readonly budgetMs: number;
  /** The replicas that are taken even if they exceed the budget. A single one gives no interval. */
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** The rounds of each replica that are taken even if they exceed the budget. */
  readonly minRounds: number;
  /**
   * The interval's half-width, relative to the ratio, at which a case is precise
   * enough and stops, though not before its sixth replica; `firstLook` says why.
   */
  readonly targetHalfWidth: number;
  /**
   * The time that a visit to the faster member takes at least, in whole runs. It is short, so that
   * there are many rounds and both members of a round meet the same disturbance: what
   * disturbs often lasts as long as a run of a large network, so such a network has
   * visits of one run. Visits become up to five times as long where more passes between rounds.
   */
  readonly visitMs: number;
  /**
   * The most that a replica's warm-up takes, all members together; it is never over half
   * of the first replica's time, nor over a fifth of a later one's.
   */
  readonly warmUpMs: number;
  /** The share by which the times of a steady member may still move: 0.02 is 2 %. */
  readonly steadyTolerance: number;
}

/** The options of a case: plain data, which may be sent to the process or page that measures. */
export interface MeasureOptions extends SessionOptions, Partial<Protocol> {
  /**
   * The share by which the SE member's runs take longer, for calibration, in a busy
   * wait inside the timed region. 0 adds the wait's own cost to both members and
   * nothing else; if it is left out, neither member has a wait.
   */
  readonly slowdown?: number;
}

export const defaultProtocol: Protocol = {
  seed: 1,
  budgetMs: 30_000,
  minReplicas: 5,
  maxReplicas: 8,
  minRounds: 5,
  targetHalfWidth: 0.005,
  visitMs: 10,
  warmUpMs: 5000,
  steadyTolerance: 0.02,
};

/**
 * The protocol of the options, with the defaults for what they leave out.
 *
 * @throws InputError if the counts cannot be met
 */
export function resolveProtocol(options: MeasureOptions): Protocol {
  const protocol = { ...defaultProtocol, ...options };
  for (const count of ["minReplicas", "maxReplicas", "minRounds"] as const) {
    if (!Number.isInteger(protocol[count]) || protocol[count] < 1) {
      throw new InputError(`${count} is ${protocol[count]}`, {
        remedy: "give a whole number from 1 on",
      });
    }
  }
  if (protocol.minReplicas > protocol.maxReplicas) {
    throw new InputError(
      `minReplicas is ${protocol.minReplicas}, more than maxReplicas, ${protocol.maxReplicas}`,
      { remedy: "raise maxReplicas or lower minReplicas" },
    );
  }
  return protocol;
}

/** The time of a replica, with its preparing and its warm-up. */
const secondsOfReplica = 3;

/**
 * The most replicas that the intervals of cases that stop early were tried with
 * (`bench/coverage.ts`).
 */
export const mostReplicas = 24;

/**
 * The number of replicas that a forecast for a case of more time assumes. What differs from
 * replica to replica is not averaged away by longer replicas, so more time gives more of them.
 *
 * @param fewest The fewest replicas, even if each is shorter for it.
 */
export function replicasWithin(seconds: number, fewest: number): number {
  return Math.max(fewest, Math.min(mostReplicas, Math.floor(seconds / secondsOfReplica)));
}

/**
 * The number of replicas before a narrow interval may end a case early. Looking
 * after every replica and stopping at the first narrow interval picks intervals
 * that are narrow by luck. If looks begin at the sixth replica of at most twelve, or at
 * the twelfth of at most 24, 95 % of the intervals cover the truth at the worst of targets
 * (`bench/coverage.ts`).
 */
const firstLook = (maxReplicas: number) => Math.max(6, Math.ceil(maxReplicas / 2));

export type StopLimits = Pick<
  Protocol,
  "budgetMs" | "minReplicas" | "maxReplicas" | "targetHalfWidth"
>;

/**
 * The reason to stop, or null to go on.
 *
 * @param estimates The estimate of each form from the same replicas; all must be precise.
 */
export function stopReason(
  estimates: readonly OverheadEstimate[],
  elapsedMs: number,
  limits: StopLimits,
): CaseMeasurement["stopped"] | null {
  const replicas = estimates[0]!.replicas.length;
  const precise = estimates.every((estimate) => isWithin(estimate, limits.targetHalfWidth));
  const spent =
    replicas >= limits.maxReplicas ||
    (replicas >= limits.minReplicas && elapsedMs >= limits.budgetMs);
  if (spent) {
    return precise ? "precise" : "budget";
  }
  return precise && replicas >= Math.max(firstLook(limits.maxReplicas), limits.minReplicas)
    ? "precise"
    : null;
}

function isWithin(estimate: OverheadEstimate, targetHalfWidth: number): boolean {
  const halfWidth = relativeHalfWidth(estimate);
  return halfWidth !== null && halfWidth <= targetHalfWidth;
}

/** What a replica cost, and the logarithms of its rounds. */
export interface ReplicaCost {
  /** The time for preparing the members and warming them up. */
  readonly startMs: number;
  readonly roundsMs: number;
  /** The logarithms by which each form of SE, or a member alone, is estimated, by round. */
  readonly logs: readonly (readonly number[])[];
}

/**
 * The variance from replica to replica that is assumed before it can be estimated, as if from
 * `assumedFreedom` degrees of freedom: that of the calibrated machines, where the standard
 * deviation is 0.2 to 0.35 %.
 */
const assumedVariance = 0.003 ** 2;
const assumedFreedom = 3;

/** The most of a case's time that replicas' starts may take, if there can be fewer replicas. */
const mostForStarts = 0.4;

/**
 * The number of replicas to make of what is left of a case's time. The rounds of a replica that
 * make a time's variance least are sqrt(c2/c1 * T1/T2), for the costs c2 of a replica's start and c1
 * of a round and the variances T1 from round to round and T2 from replica to replica (Kalibera &
 * Jones 2013, "Rigorous benchmarking in reasonable time", ISMM, section 6.1, equation 3).
 *
 * @param done The replicas so far, at least one.
 * @param leftMs The time that is left of the budget.
 * @returns The replicas to come, at least 1 and at most what `maxReplicas` leaves
 */
export function replicasToCome(
  done: readonly ReplicaCost[],
  leftMs: number,
  { budgetMs, minReplicas, maxReplicas }: Protocol,
): number {
  // The first start pays for what the engine keeps, so it counts only where there is no other.
  const startMs = median((done.length > 1 ? done.slice(1) : done).map((each) => each.startMs));
  const roundMs = mean(done.map(({ roundsMs, logs }) => roundsMs / logs[0]!.length));
  const forms = done[0]!.logs.map((_, form) => variancesOf(done.map(({ logs }) => logs[form]!)));
  const round = mean(forms.map((form) => form.round));
  const replica = mean(forms.map((form) => form.replica));
  const rounds = Math.max(1, Math.sqrt((startMs / roundMs) * (round / replica)));
  const affordable = Math.min(
    leftMs / (startMs + rounds * roundMs),
    (mostForStarts * budgetMs) / startMs - done.length,
  );
  const [least, most] = [minReplicas - done.length, maxReplicas - done.length];
  return Math.max(1, Math.min(Math.max(Math.floor(affordable), least), most));
}

function variancesOf(replicas: readonly (readonly number[])[]): {
  readonly round: number;
  readonly replica: number;
} {
  const own = replicas.map((rounds) => varianceOfLocation(rounds) ?? 0);
  const round = mean(own.map((each, at) => each * replicas[at]!.length));
  const freedom = replicas.length - 1;
  const between = freedom === 0 ? 0 : variance(replicas.map(locationOfRounds));
  const beyondRounds = Math.max(0, between - mean(own));
  const replica =
    (assumedFreedom * assumedVariance + freedom * beyondRounds) / (assumedFreedom + freedom);
  return { round, replica };
}
