import type {
  ConditionsWatch,
  ReplicaConditions,
  RoundConditions,
} from "../measurement/conditions.ts";
import {
  type Member,
  type MemberReplica,
  members,
  type Replica,
} from "../measurement/measurement.ts";
import type { PreparedPair } from "../session/prepared-pair.ts";
import type { Order } from "../session/round-order.ts";
import { type Clock, cycle, runsToFill, visit } from "../session/visit.ts";
import { type Levels, warmUp } from "../session/warm-up.ts";
import { median } from "../statistics/quantile.ts";
import type { Protocol } from "./protocol.ts";

interface ReplicaPlan {
  readonly preparedFirst: Member;
  /** The time on the clock `now` after which no round begins, except for the first `minRounds`. */
  readonly deadlineMs: number;
  readonly settled: Levels | null;
  readonly visitOrders: Iterator<Order, never>;
  readonly protocol: Protocol;
  readonly now: Clock;
  readonly conditions: ConditionsWatch | undefined;
  readonly progress: (phase: "warm-up" | "rounds", rounds: number) => Promise<void>;
}

/** A replica, the time that its rounds took, and the time of a run of each member after warm-up. */
interface MeasuredReplica {
  readonly replica: Replica;
  readonly roundsMs: number;
  readonly levels: Levels;
}

/** Warms both members up and takes rounds until the replica's time is over. */
export async function measureReplica(
  pair: PreparedPair,
  plan: ReplicaPlan,
): Promise<MeasuredReplica> {
  const { protocol, deadlineMs, settled, now } = plan;
  await plan.progress("warm-up", 0);
  const warm = await warmUp(
    {
      plain: cycle(pair.plain.session, pair.plain.inputs),
      se: cycle(pair.se.session, pair.se.inputs),
    },
    {
      capMs: Math.min(protocol.warmUpMs, (deadlineMs - now()) / 2),
      tolerance: protocol.steadyTolerance,
      settled,
    },
    now,
  );
  const fasterMs = Math.min(...members.map((member) => warm[member].medianMs));
  const runs = runsToFill(protocol.visitMs, fasterMs);
  const beganMs = now();
  const length = { runs, expectedMs: runs * fasterMs };
  const { samplesMs, processorMs, conditions } = await takeRounds(pair, length, plan);
  const measured = (member: Member): MemberReplica => ({
    prepareMs: pair[member].prepareMs,
    firstRunMs: pair[member].firstRunMs,
    warmUpRuns: warm[member].runs,
    steady: warm[member].steady,
    samplesMs: samplesMs[member],
    processorMs: processorMs && processorMs[member],
  });
  const replica = {
    preparedFirst: plan.preparedFirst,
    members: { plain: measured("plain"), se: measured("se") },
    conditions,
  };
  const levels = { plain: warm.plain.medianMs, se: warm.se.medianMs };
  return { replica, roundsMs: now() - beganMs, levels };
}

async function takeRounds(
  pair: PreparedPair,
  { runs, expectedMs }: { readonly runs: number; readonly expectedMs: number },
  { deadlineMs, visitOrders, protocol, now, conditions, progress }: ReplicaPlan,
): Promise<{
  readonly samplesMs: Readonly<Record<Member, number[][]>>;
  readonly processorMs: Readonly<Record<Member, number[]>> | null;
  readonly conditions: ReplicaConditions | null;
}> {
  // Both members start at the first image, so that a round shows them the same images.
  const run = {
    plain: cycle(pair.plain.session, pair.plain.inputs),
    se: cycle(pair.se.session, pair.se.inputs),
  };
  const samplesMs: Record<Member, number[][]> = { plain: [], se: [] };
  const orders: Order[] = [];
  const laps: RoundConditions[] = [];
  await conditions?.start();
  const marking = conditions ? await findMarking(conditions, { runs, expectedMs }, now) : null;
  for (let rounds = 0; rounds < protocol.minRounds || now() < deadlineMs; rounds++) {
    await progress("rounds", rounds);
    const order = visitOrders.next().value;
    orders.push(order);
    for (const member of order) {
      if (marking) await conditions?.mark();
      samplesMs[member].push(await visit(run[member], { runs, atLeastMs: 0 }, now));
    }
    if (conditions) laps.push(await conditions.lap());
  }
  const watched = conditions && { rounds: laps, gpus: await conditions.stop() };
  const processorMs =
    marking && processorTimes(laps, orders, (visitMs) => (visitMs - marking.emptyMs) / runs);
  return { samplesMs, processorMs, conditions: watched ?? null };
}

/** The empty visits by which the cost of a mark is found. */
const emptyVisits = 5;

/** The most of a visit that a mark may take, since what it takes is lost for rounds. */
const mostForMark = 0.1;

/**
 * The processor time of a visit without its runs, which is that of the marks and of tinybench, or
 * null where marks take too long: a page asks its driver for each, and its visits may be short.
 */
async function findMarking(
  conditions: ConditionsWatch,
  { runs, expectedMs }: { readonly runs: number; readonly expectedMs: number },
  now: Clock,
): Promise<{ readonly emptyMs: number } | null> {
  const marksMs: number[] = [];
  for (let empty = 0; empty < emptyVisits; empty++) {
    const beganMs = now();
    await conditions.mark();
    marksMs.push(now() - beganMs);
    await visit(async () => {}, { runs, atLeastMs: 0 }, now);
  }
  const { processorMs } = await conditions.lap();
  if (processorMs === null || median(marksMs) > mostForMark * expectedMs) return null;
  return { emptyMs: median(processorMs) };
}

/** The processor times of each member's visits, or null where a round has none. */
function processorTimes(
  rounds: readonly RoundConditions[],
  orders: readonly Order[],
  ofRun: (visitMs: number) => number,
): Record<Member, number[]> | null {
  if (rounds.length < orders.length) return null;
  const times: Record<Member, number[]> = { plain: [], se: [] };
  for (const [round, { processorMs }] of rounds.entries()) {
    if (processorMs === null) return null;
    for (const [place, member] of orders[round]!.entries()) {
      times[member].push(Math.max(0, ofRun(processorMs[place]!)));
    }
  }
  return times;
}
