import type { Protocol } from "./measure-options.ts";
import type { CaseMeasurement } from "./measurement.ts";
import { type OverheadEstimate, relativeHalfWidth } from "./overhead.ts";

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
