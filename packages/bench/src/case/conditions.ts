import { processorTime, type Replica, type RoundConditions } from "@sebench/measure";
import type { CaseConditions, CaseProcessorTime } from "@sebench/results";
import type { Attestation } from "@sebench/runtime";

/**
 * Joins what was seen of the machine in each replica, or gives null where the host could not look.
 */
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

/**
 * The values of a condition in each round, to the hundredth, or null where a round has no value.
 */
function byRound(
  rounds: readonly RoundConditions[],
  read: (round: RoundConditions) => number | null,
): number[] | null {
  const values = rounds.flatMap((round) => read(round) ?? []);
  return values.length < rounds.length
    ? null
    : values.map((value) => Math.round(value * 100) / 100);
}

/**
 * Records the processor time of the rounds, or gives null where the host did not tell it. Where a
 * GPU computed, no round counts as held up; where several threads did, there is no overhead by
 * processor time, since a pool that waits by spinning takes it for nothing.
 */
export function recordProcessor(
  replicas: readonly Replica[],
  { threads }: Pick<Attestation, "threads">,
): CaseProcessorTime | null {
  const found = processorTime(replicas);
  if (found === null) return null;
  const { stepMs, ofRunMs, usual, heldUp, overhead } = found;
  return {
    stepMs,
    members: {
      plain: { usualRatio: usual.plain, processorMs: ofRunMs.plain },
      se: { usualRatio: usual.se, processorMs: ofRunMs.se },
    },
    heldUp: threads === null ? null : heldUp,
    overhead: threads === 1 ? overhead : null,
  };
}
