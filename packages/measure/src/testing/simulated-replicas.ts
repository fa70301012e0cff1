import type { PairedRounds } from "../measurement/overhead.ts";
import type { Random } from "../statistics/random.ts";

/** The settings of replicas as a shared machine gives them, whose true overhead is known. */
export interface Simulation {
  /** The true ratio of SE to plain. */
  readonly ratio: number;
  readonly replicas: number;
  readonly rounds: number;
  /** The standard deviation of the log-ratio from replica to replica. */
  readonly betweenReplicas: number;
  /** The standard deviation of the logarithm of an undisturbed visit. */
  readonly betweenVisits: number;
}

/**
 * Replicas of which each has an overhead of its own around the true one. Each visit
 * of a replica has log-normal noise and, one time in ten, an interruption whose
 * length has a Pareto tail of index 1.5, so heavy that it has no variance.
 */
export function simulateReplicas(simulation: Simulation, random: Random): PairedRounds[] {
  const { ratio, replicas, rounds, betweenReplicas, betweenVisits } = simulation;
  const visitMs = (location: number): number => {
    const interruption = random() < 0.1 ? 5 * betweenVisits * (1 - random()) ** (-2 / 3) : 0;
    return location * Math.exp(betweenVisits * normal(random)) * (1 + interruption);
  };
  const visits = (location: number): number[][] =>
    Array.from({ length: rounds }, () => [visitMs(location)]);
  return Array.from({ length: replicas }, () => ({
    members: {
      plain: { samplesMs: visits(20) },
      se: { samplesMs: visits(20 * ratio * Math.exp(betweenReplicas * normal(random))) },
    },
  }));
}

/** A number from the standard normal distribution, by the method of Box & Muller 1958. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
