import type { Replica, RoundConditions } from "@sebench/measure";
import type { CaseConditions } from "@sebench/results";

/** Joins what was seen of the machine in each replica; null where the host could not look. */
export function recordConditions(replicas: readonly Replica[]): CaseConditions | null {
  const seen = replicas.flatMap(({ conditions }) => conditions ?? []);
  if (seen.length < replicas.length) return null;
  const recorded = seen.map(({ rounds, gpus }) => ({
    foreignCores: byRound(rounds, ({ foreignCores }) => foreignCores),
    load: byRound(rounds, ({ load }) => load),
    clockMHz: byRound(rounds, ({ clockMHz }) => clockMHz),
    temperatureC: byRound(rounds, ({ temperatureC }) => temperatureC),
    powerW: byRound(rounds, ({ powerW }) => powerW),
    disturbed: rounds.flatMap(({ disturbed }, index) => (disturbed ? [index] : [])),
    gpus,
  }));
  const disturbedRounds = recorded.reduce((sum, { disturbed }) => sum + disturbed.length, 0);
  return { replicas: recorded, disturbedRounds };
}

/** To the hundredth; null where a round has none. */
function byRound(
  rounds: readonly RoundConditions[],
  read: (round: RoundConditions) => number | null,
): number[] | null {
  const values = rounds.flatMap((round) => read(round) ?? []);
  return values.length < rounds.length
    ? null
    : values.map((value) => Math.round(value * 100) / 100);
}
