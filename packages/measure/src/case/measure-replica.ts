import type {
  ConditionsWatch,
  ReplicaConditions,
  RoundConditions,
} from "../measurement/conditions.ts";
import type { MemberReplica } from "../measurement/measurement.ts";
import type { PreparedMembers } from "../session/prepared-members.ts";
import type { Order } from "../session/round-order.ts";
import {
  type Clock,
  cycle,
  repeat,
  type SampleLength,
  sampleLength,
  runsToFill,
  visit,
} from "../session/visit.ts";
import { type Levels, warmUp } from "../session/warm-up.ts";
import { median } from "../statistics/quantile.ts";
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
  /** The time of a run of each member in its rounds. */
  readonly levels: Levels;
}

/** Warms the members up and takes rounds until the replica's time is over. */
export async function measureReplica(
  prepared: PreparedMembers,
  plan: ReplicaPlan,
): Promise<MeasuredReplica> {
  const { protocol, deadlineMs, settled, now } = plan;
  await plan.progress("warm-up", 0);
  const runs = prepared.map(({ session, inputs }) => cycle(session, inputs));
  const warm = await warmUp(
    runs,
    {
      capMs: Math.min(protocol.warmUpMs, (deadlineMs - now()) * mostForWarmUp(settled)),
      tolerance: protocol.steadyTolerance,
      settled,
    },
    now,
  );
  const fastestMs = Math.min(...warm.map(({ medianMs }) => medianMs));
  const sample = await sampleLength(runs, fastestMs, now);
  const { together } = sample;
  const beganMs = now();
  const { samplesMs, processorMs, conditions } = await takeRounds(prepared, sample, plan);
  const members = prepared.map(({ prepareMs, firstRunMs }, index): MemberReplica => {
    const { runs: warmUpRuns, steady } = warm[index]!;
    const timed = { samplesMs: samplesMs[index]!, processorMs: processorMs && processorMs[index]! };
    const apart = together > 1 && { runsPerSample: together };
    return { prepareMs, firstRunMs, warmUpRuns, steady, ...timed, ...apart };
  });
  const levels = samplesMs.map((visits) => median(visits.map(median)));
  return { members, conditions, roundsMs: now() - beganMs, levels };
}

/**
 * The most of a replica's time that its warm-up takes. The sessions of later replicas find the
 * engine warm, so where they seem slow it is the machine that is disturbed.
 */
const mostForWarmUp = (settled: Levels | null) => (settled === null ? 1 / 2 : 1 / 5);

/** Takes rounds. */
async function takeRounds(
  prepared: PreparedMembers,
  { fastestMs, together }: SampleLength,
  plan: ReplicaPlan,
): Promise<{
  /** The samples by member, round and run. */
  readonly samplesMs: readonly (readonly (readonly number[])[])[];
  /** The processor times of a run by member and round. */
  readonly processorMs: readonly (readonly number[])[] | null;
  readonly conditions: ReplicaConditions | null;
}> {
  const { deadlineMs, visitOrders, protocol, now, conditions, progress } = plan;
  // All members start at the first image, so that a round shows them the same images.
  const run = prepared.map(({ session, inputs }) => repeat(cycle(session, inputs), together));
  const samplesMs = prepared.map((): number[][] => []);
  const orders: Order[] = [];
  const laps: RoundConditions[] = [];
  await conditions?.start();
  const betweenMs = await timeBetweenRounds(plan);
  const visitMs = Math.max(protocol.visitMs, (timesBetween * betweenMs) / prepared.length);
  const runs = runsToFill(Math.min(visitMs, longestVisit * protocol.visitMs), fastestMs);
  const length = { runs, expectedMs: runs * fastestMs };
  const marking = conditions ? await findMarking(conditions, length, now) : null;
  let toldMs = -Infinity;
  let voided = 0;
  for (let rounds = 0; rounds < protocol.minRounds || now() < deadlineMs; rounds++) {
    if (now() - toldMs >= tellingMs) {
      await progress("rounds", rounds);
      toldMs = now();
    }
    const order = visitOrders.next().value;
    orders.push(order);
    for (const index of order) {
      if (marking) await conditions?.mark();
      const visited = await visit(run[index]!, { runs, atLeastMs: 0 }, now);
      samplesMs[index]!.push(visited.map((sample) => sample / together));
    }
    const lap = await conditions?.lap();
    if (lap?.voided) {
      for (const visits of samplesMs) visits.pop();
      orders.pop();
      voided += 1;
      rounds -= 1;
    } else if (lap) laps.push(lap);
  }
  const watched = conditions && {
    rounds: laps,
    gpus: await conditions.stop(),
    ...(voided > 0 && { voided }),
  };
  const processorMs =
    marking &&
    processorTimes(laps, orders, (ofVisitMs) => (ofVisitMs - marking.emptyMs) / (runs * together));
  return { samplesMs, processorMs, conditions: watched ?? null };
}

/**
 * The visits of a round take at least this many times what passes between two rounds, in which a
 * page asks its driver about the machine and paints.
 */
const timesBetween = 4;

/** The longest that visits become for that, in times of `visitMs`. */
const longestVisit = 5;

/** The time from one word on progress to the next: a page's takes a turn of its driver. */
const tellingMs = 250;

/** The time that passes between two rounds, in milliseconds. */
async function timeBetweenRounds({ conditions, now }: ReplicaPlan): Promise<number> {
  const beganMs = now();
  await conditions?.lap();
  return now() - beganMs;
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
): number[][] | null {
  if (rounds.length < orders.length) return null;
  const times = (orders[0] ?? []).map((): number[] => []);
  for (const [round, { processorMs }] of rounds.entries()) {
    if (processorMs === null) return null;
    for (const [place, member] of orders[round]!.entries()) {
      times[member]!.push(Math.max(0, ofRun(processorMs[place]!)));
    }
  }
  return times;
}
