import type { SessionOptions } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type { CaseMeasurement } from "../measurement/measurement.ts";
import { type OverheadEstimate, relativeHalfWidth } from "../measurement/overhead.ts";

/** How a case is measured. Defaults are in `defaultProtocol`. */
export interface Protocol {
  /** Of the order of preparation and of the visits. */
  readonly seed: number;
  /**
   * Counted from the first replica's start, preparation and warm-up included,
   * and split evenly over `maxReplicas`. It is exceeded where `minReplicas` of
   * `minRounds` rounds take longer; logits, labelled images and attestation come on top.
   */
  readonly budgetMs: number;
  /** Taken even where they exceed the budget. One gives no interval. */
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Rounds of each replica, taken even where they exceed the budget. */
  readonly minRounds: number;
  /**
   * The interval's half-width, relative to the ratio, at which a case is precise
   * enough and stops, though not before its sixth replica (`stop-rule.ts` says why).
   */
  readonly targetHalfWidth: number;
  /**
   * What a visit to the faster member takes at least. Short, so that there are
   * many rounds and both members of one meet the same disturbance.
   */
  readonly visitMs: number;
  readonly minRunsPerVisit: number;
  /** Cap of a replica's warm-up, both members together; never over half of its time. */
  readonly warmUpMs: number;
  /** How far, relatively, the times of a steady member may still move. */
  readonly steadyTolerance: number;
}

/** Plain data: it may be sent to the process or page that measures. */
export interface MeasureOptions extends SessionOptions, Partial<Protocol> {
  /**
   * For calibration: the SE member's runs take longer by this share, in a busy
   * wait inside the timed region. 0 adds the wait's own cost to both and nothing
   * else; left out, neither has a wait.
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
  visitMs: 30,
  minRunsPerVisit: 3,
  warmUpMs: 5000,
  steadyTolerance: 0.02,
};

/** @throws InputError where the counts cannot be met */
export function resolveProtocol(options: MeasureOptions): Protocol {
  const protocol = { ...defaultProtocol, ...options };
  for (const count of ["minReplicas", "maxReplicas", "minRounds", "minRunsPerVisit"] as const) {
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

/** Of a replica, with its preparing and its warm-up. */
const secondsOfReplica = 3;

/** As many as the intervals of cases that stop early were tried with (`bench/coverage.ts`). */
const mostReplicas = 24;

/**
 * How many replicas to make of a case's time. What differs from replica to replica
 * is not averaged away by making each longer, so more time gives more of them.
 *
 * @param fewest even where they are shorter for it
 */
export function replicasWithin(seconds: number, fewest: number): number {
  return Math.max(fewest, Math.min(mostReplicas, Math.floor(seconds / secondsOfReplica)));
}

/**
 * Replicas before a narrow interval may end a case early. Looking after every
 * replica and stopping at the first narrow interval picks intervals that are
 * narrow by luck. Where looks begin at the third replica of at most ten, 91 % of
 * the intervals cover the truth at the worst of targets; where they begin at the
 * sixth of at most twelve, 94 %, and at the twelfth of at most 24, 95 %
 * (`bench/coverage.ts`).
 */
const firstLook = (maxReplicas: number) => Math.max(6, Math.ceil(maxReplicas / 2));

export type StopLimits = Pick<
  Protocol,
  "budgetMs" | "minReplicas" | "maxReplicas" | "targetHalfWidth"
>;

/** Why to stop after the replicas that the estimate is of; null to go on. */
export function stopReason(
  estimate: OverheadEstimate,
  elapsedMs: number,
  limits: StopLimits,
): CaseMeasurement["stopped"] | null {
  const replicas = estimate.replicas.length;
  const halfWidth = relativeHalfWidth(estimate);
  const precise = halfWidth !== null && halfWidth <= limits.targetHalfWidth;
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
