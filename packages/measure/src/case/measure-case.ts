import type { EncodedModel, Engine } from "@sebench/runtime";
import type { Tensor } from "@sebench/spec";
import { now as performanceNow } from "tinybench";
import type { CaseMeasurement, Member, Replica } from "../measurement/measurement.ts";
import {
  logRatiosOfRounds,
  type OverheadEstimate,
  overheadEstimate,
} from "../measurement/overhead.ts";
import { splitIntoBatches } from "../session/image-batch.ts";
import { withSessions } from "../session/opened-sessions.ts";
import { logitsOf, preparePair, type PreparedPair } from "../session/prepared-pair.ts";
import { preparationOrders, roundOrders } from "../session/round-order.ts";
import type { Levels } from "../session/warm-up.ts";
import { seededRandom } from "../statistics/random.ts";
import { labelledLogits } from "./labelled-logits.ts";
import { measureReplica } from "./measure-replica.ts";
import type { MeasureObserver, MeasureProgress, Phase } from "./observer.ts";
import { type MeasureOptions, resolveProtocol, stopReason } from "./protocol.ts";
import { type ReplicaCost, replicasToCome } from "./replica-plan.ts";

/**
 * Measures a case in this process: replicas, until the overhead is as precise as
 * asked or the budget is spent, and then, by the sessions that were timed last,
 * logits, those of labelled images, if any, and attestation. Timed runs cycle over
 * the images.
 *
 * @param pair The models, encoded by `engine` for the same batch and precision.
 * @param images The images, `[n, channels, height, width]`, with n a multiple of the batch.
 * @throws InputError for bad input, and whatever the engine throws; sessions are disposed
 *   of either way
 */
export async function measureCase(
  engine: Engine,
  pair: Readonly<Record<Member, EncodedModel>>,
  images: Tensor,
  options: MeasureOptions,
  observer: MeasureObserver = {},
): Promise<CaseMeasurement> {
  const measuring = begin(engine, images, options, observer);
  let conclusion = await measureNext(measuring, pair);
  while (conclusion === null) {
    conclusion = await measureNext(measuring, pair);
  }
  return { replicas: measuring.replicas, ...conclusion };
}

type Measuring = ReturnType<typeof begin>;

/** The state that one replica hands on to the next. */
function begin(engine: Engine, images: Tensor, options: MeasureOptions, observer: MeasureObserver) {
  const { now = performanceNow } = observer;
  const { batch, precision, slowdown } = options;
  const protocol = resolveProtocol(options);
  const batches = splitIntoBatches(images, batch);
  const random = seededRandom(protocol.seed);
  return {
    protocol,
    observer,
    now,
    preparation: {
      engine,
      sessionOptions: { batch, precision },
      batches,
      now,
      slowdown,
    },
    prepareOrders: preparationOrders(random),
    visitOrders: roundOrders(random),
    startedMs: now(),
    /** The replicas that are complete. */
    replicas: [] as Replica[],
    /** What the complete replicas cost. */
    costs: [] as ReplicaCost[],
    /** The times at which the last replica settled, or null before the first is complete. */
    settled: null as Levels | null,
    /** The estimate from the complete replicas, or null before the first is complete. */
    estimate: null as OverheadEstimate | null,
  };
}

/** Takes one replica more, and returns null if another must follow. */
function measureNext(
  measuring: Measuring,
  pair: Readonly<Record<Member, EncodedModel>>,
): Promise<Omit<CaseMeasurement, "replicas"> | null> {
  const { protocol, now, startedMs, replicas, visitOrders } = measuring;
  return withSessions(async (keep) => {
    const replica = replicas.length + 1;
    const progress = (phase: Phase, rounds: number) => tell(measuring, phase, replica, rounds);
    const beganMs = now();
    const deadlineMs = beganMs + timeForNext(measuring);
    const order = measuring.prepareOrders.next().value;

    await progress("prepare", 0);
    const prepared = await preparePair(pair, order, measuring.preparation, keep);
    const { settled, observer } = measuring;
    const measured = await measureReplica(prepared, {
      preparedFirst: order[0],
      deadlineMs,
      settled,
      visitOrders,
      protocol,
      now,
      conditions: observer.conditions,
      progress,
    });
    replicas.push(measured.replica);
    const logRatios = logRatiosOfRounds(measured.replica);
    const { roundsMs } = measured;
    measuring.costs.push({ startMs: now() - beganMs - roundsMs, roundsMs, logRatios });
    measuring.settled = measured.levels;
    measuring.estimate = overheadEstimate(replicas);
    const stopped = stopReason(measuring.estimate, now() - startedMs, protocol);
    return stopped === null ? null : { stopped, ...(await conclude(measuring, prepared)) };
  });
}

/** The time for the next replica. The first one is a pilot, by which the others are planned. */
function timeForNext({ protocol, now, startedMs, costs }: Measuring): number {
  const { budgetMs, minReplicas } = protocol;
  if (costs.length === 0) return budgetMs / minReplicas;
  const leftMs = Math.max(0, budgetMs - (now() - startedMs));
  return leftMs / replicasToCome(costs, leftMs, protocol);
}

async function conclude(
  measuring: Measuring,
  pair: PreparedPair,
): Promise<Omit<CaseMeasurement, "replicas" | "stopped">> {
  const { now, observer, preparation, replicas } = measuring;
  const { plain, se } = pair;
  const last = replicas.length;
  await tell(measuring, "logits", last, 0);
  const logits = { plain: await logitsOf(plain), se: await logitsOf(se) };
  const asking = {
    batch: preparation.sessionOptions.batch,
    now,
    onImages: (done: number, total: number) =>
      tell(measuring, "accuracy", last, 0, { done, total }),
  };
  const labelled = observer.labelled ? await labelledLogits(pair, observer.labelled, asking) : null;
  await tell(measuring, "attest", last, 0);
  const attestation = { plain: await plain.session.attest(), se: await se.session.attest() };
  return { logits, labelledLogits: labelled, attestation };
}

/**
 * Tells the observer of the progress.
 *
 * @param rounds The rounds so far of the replica that is being measured.
 */
async function tell(
  { observer, protocol, now, startedMs, estimate }: Measuring,
  phase: Phase,
  replica: number,
  rounds: number,
  labelled: MeasureProgress["labelled"] = null,
): Promise<void> {
  await observer.onProgress?.({
    phase,
    replica,
    replicas: protocol.maxReplicas,
    rounds: (estimate?.rounds ?? 0) + rounds,
    elapsedMs: now() - startedMs,
    interval: estimate?.interval ?? null,
    labelled,
  });
}
