import type { SessionOptions } from "@sebench/runtime";
import { InputError } from "@sebench/spec";

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
