import { locationOfRounds, varianceOfLocation } from "../measurement/overhead.ts";
import { median } from "../statistics/quantile.ts";
import { mean, variance } from "../statistics/trimmed-mean.ts";
import type { Protocol } from "./protocol.ts";

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
