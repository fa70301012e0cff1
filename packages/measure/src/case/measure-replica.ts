import type {
  ConditionsWatch,
  ReplicaConditions,
  RoundConditions,
} from "../measurement/conditions.ts";
import type { MemberReplica } from "../measurement/measurement.ts";
import type { PreparedMembers } from "../session/prepared-members.ts";
import type { Order } from "../session/round-order.ts";
import { type Clock, cycle, runsToFill, visit } from "../session/visit.ts";
import { type Levels, warmUp } from "../session/warm-up.ts";
import type { Protocol } from "./protocol.ts";

interface ReplicaPlan {
  /** The time on the clock `now` after which no round begins, except for the first `minRounds`. */
  readonly deadlineMs: number;
  readonly settled: Levels | null;
  readonly visitOrders: Iterator<Order, never>;
  readonly protocol: Protocol;
  readonly now: Clock;
  readonly conditions: ConditionsWatch | undefined;
  readonly progress: (phase: "warm-up" | "rounds", rounds: number) => Promise<void>;
}

/** What the members took in a replica, in their order. */
interface MeasuredReplica {
  readonly members: readonly MemberReplica[];
  readonly conditions: ReplicaConditions | null;
  /** The time that the rounds took. */
  readonly roundsMs: number;
  /** The time of a run of each member after warm-up. */
  readonly levels: Levels;
}

/** Warms the members up and takes rounds until the replica's time is over. */
export async function measureReplica(
  prepared: PreparedMembers,
  plan: ReplicaPlan,
): Promise<MeasuredReplica> {
  const { protocol, deadlineMs, settled, now } = plan;
  await plan.progress("warm-up", 0);
  const warm = await warmUp(
    prepared.map(({ session, inputs }) => cycle(session, inputs)),
    {
      capMs: Math.min(protocol.warmUpMs, (deadlineMs - now()) / 2),
      tolerance: protocol.steadyTolerance,
      settled,
    },
    now,
  );
  const levels = warm.map(({ medianMs }) => medianMs);
  const runs = runsToFill(protocol.visitMs, Math.min(...levels));
  const beganMs = now();
  const { samplesMs, conditions } = await takeRounds(prepared, runs, plan);
  const members = prepared.map(({ prepareMs, firstRunMs }, index): MemberReplica => {
    const { runs: warmUpRuns, steady } = warm[index]!;
    return { prepareMs, firstRunMs, warmUpRuns, steady, samplesMs: samplesMs[index]! };
  });
  return { members, conditions, roundsMs: now() - beganMs, levels };
}

async function takeRounds(
  prepared: PreparedMembers,
  runs: number,
  { deadlineMs, visitOrders, protocol, now, conditions, progress }: ReplicaPlan,
): Promise<{
  /** The samples by member, round and run. */
  readonly samplesMs: readonly (readonly (readonly number[])[])[];
  readonly conditions: ReplicaConditions | null;
}> {
  // All members start at the first image, so that a round shows them the same images.
  const run = prepared.map(({ session, inputs }) => cycle(session, inputs));
  const samplesMs = prepared.map((): number[][] => []);
  const laps: RoundConditions[] = [];
  await conditions?.start();
  for (let rounds = 0; rounds < protocol.minRounds || now() < deadlineMs; rounds++) {
    await progress("rounds", rounds);
    for (const index of visitOrders.next().value) {
      samplesMs[index]!.push(await visit(run[index]!, { runs, atLeastMs: 0 }, now));
    }
    if (conditions) laps.push(await conditions.lap());
  }
  const watched = conditions && { rounds: laps, gpus: await conditions.stop() };
  return { samplesMs, conditions: watched ?? null };
}
