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
