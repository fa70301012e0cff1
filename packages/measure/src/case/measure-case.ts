import type { Attestation, EncodedModel, Engine } from "@sebench/runtime";
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
import {
  eachInTurn,
  logitsOf,
  pairedWith,
  preparedBefore,
  prepareMembers,
  type PreparedMembers,
} from "../session/prepared-members.ts";
import { preparationOrders, roundOrders } from "../session/round-order.ts";
import type { Levels } from "../session/warm-up.ts";
import { seededRandom } from "../statistics/random.ts";
import { labelledLogits } from "./labelled-logits.ts";
import { measureReplica } from "./measure-replica.ts";
import type { MeasureObserver, MeasureProgress, Phase } from "./observer.ts";
import { type MeasureOptions, resolveProtocol, stopReason } from "./protocol.ts";
import { type ReplicaCost, replicasToCome } from "./replica-plan.ts";

/**
 * Measures a pair in this process: replicas, until the overhead is as precise as
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
  { plain, se }: Readonly<Record<Member, EncodedModel>>,
  images: Tensor,
  options: MeasureOptions,
  observer: MeasureObserver = {},
): Promise<CaseMeasurement> {
  const [only] = await measureForms(engine, { plain, forms: [se] }, images, options, observer);
  return only!;
}

/** The models of a network in several forms, and of the plain network that they share. */
export interface EncodedForms {
  readonly plain: EncodedModel;
  /** The network with SE in each form, at least one. */
  readonly forms: readonly EncodedModel[];
}

/**
 * Measures a network in several forms as `measureCase` measures it in one. All forms and the plain
 * network are visited in the same rounds, so what one form gains over another is paired as well.
 *
 * @returns the measurement of each form, in their order, all with the same samples of plain
 */
export async function measureForms(
  engine: Engine,
  { plain, forms }: EncodedForms,
  images: Tensor,
  options: MeasureOptions,
  observer: MeasureObserver = {},
): Promise<CaseMeasurement[]> {
  const models = [plain, ...forms];
  const measuring = begin(engine, models, images, options, observer);
  let conclusion = await measureNext(measuring);
  while (conclusion === null) {
    conclusion = await measureNext(measuring);
  }
  const { stopped, replicasMs, logits, labelledLogits: labelled, attestation } = conclusion;
  return measuring.replicas.map((replicas, form) => ({
    replicas,
    stopped,
    replicasMs,
    logits: pairedWith(form, logits),
    labelledLogits: labelled && pairedWith(form, labelled),
    attestation: pairedWith(form, attestation),
  }));
}

type Measuring = ReturnType<typeof begin>;

/** The state that one replica hands on to the next. */
function begin(
  engine: Engine,
  models: readonly EncodedModel[],
  images: Tensor,
  options: MeasureOptions,
  observer: MeasureObserver,
) {
  const { now = performanceNow } = observer;
  const { batch, precision, slowdown } = options;
  const protocol = resolveProtocol(options);
  const batches = splitIntoBatches(images, batch);
  const random = seededRandom(protocol.seed);
  return {
    /** The encoded models, plain first. */
    models,
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
    prepareOrders: preparationOrders(models.length, random),
    visitOrders: roundOrders(models.length, random),
    startedMs: now(),
    /** The replicas that are complete, of each form. */
    replicas: models.slice(1).map((): Replica[] => []),
    /** What the complete replicas cost. */
    costs: [] as ReplicaCost[],
    /** The times of a run in the last replica, or null before the first is complete. */
    settled: null as Levels | null,
    /** The estimate of each form from the complete replicas; there are none before the first is complete. */
    estimates: [] as readonly OverheadEstimate[],
  };
}

/** What follows once the replicas are complete, of all members in their order. */
interface Conclusion extends Pick<CaseMeasurement, "stopped" | "replicasMs"> {
  readonly logits: readonly Float32Array[];
  readonly labelledLogits: readonly Float32Array[] | null;
  readonly attestation: readonly Attestation[];
}

/** Takes one replica more, and returns null if another must follow. */
function measureNext(measuring: Measuring): Promise<Conclusion | null> {
  const { models, protocol, now, startedMs, replicas, visitOrders } = measuring;
  return withSessions(async (keep) => {
    const replica = measuring.costs.length + 1;
    const progress = (phase: Phase, rounds: number) => tell(measuring, phase, replica, rounds);
    const beganMs = now();
    const deadlineMs = beganMs + timeForNext(measuring);
    const order = measuring.prepareOrders.next().value;

    await progress("prepare", 0);
    const prepared = await prepareMembers(models, order, measuring.preparation, keep);
    const { settled, observer } = measuring;
    const { members, conditions, roundsMs, levels } = await measureReplica(prepared, {
      deadlineMs,
      settled,
      visitOrders,
      protocol,
      now,
      conditions: observer.conditions,
      progress,
    });
    replicas.forEach((own, form) => {
      own.push({
        preparedFirst: preparedBefore(form, order),
        members: pairedWith(form, members),
        conditions,
      });
    });
    const logRatios = replicas.map((own) => logRatiosOfRounds(own.at(-1)!));
    measuring.costs.push({ startMs: now() - beganMs - roundsMs, roundsMs, logRatios });
    measuring.settled = levels;
    measuring.estimates = replicas.map(overheadEstimate);
    const replicasMs = now() - startedMs;
    const stopped = stopReason(measuring.estimates, replicasMs, protocol);
    if (stopped === null) return null;
    return { stopped, replicasMs, ...(await conclude(measuring, prepared)) };
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
  prepared: PreparedMembers,
): Promise<Omit<Conclusion, "stopped" | "replicasMs">> {
  const { now, observer, preparation, costs } = measuring;
  const last = costs.length;
  await tell(measuring, "logits", last, 0);
  const logits = await eachInTurn(prepared, logitsOf);
  const asking = {
    batch: preparation.sessionOptions.batch,
    now,
    onImages: (done: number, total: number) =>
      tell(measuring, "accuracy", last, 0, { done, total }),
  };
  const labelled = observer.labelled
    ? await labelledLogits(prepared, observer.labelled, asking)
    : null;
  await tell(measuring, "attest", last, 0);
  const attestation = await eachInTurn(prepared, ({ session }) => session.attest());
  return { logits, labelledLogits: labelled, attestation };
}

/**
 * Tells the observer of the progress.
 *
 * @param rounds The rounds so far of the replica that is being measured.
 */
async function tell(
  { observer, protocol, now, startedMs, estimates: [first] }: Measuring,
  phase: Phase,
  replica: number,
  rounds: number,
  labelled: MeasureProgress["labelled"] = null,
): Promise<void> {
  await observer.onProgress?.({
    phase,
    replica,
    replicas: protocol.maxReplicas,
    rounds: (first?.rounds ?? 0) + rounds,
    elapsedMs: now() - startedMs,
    interval: first?.interval ?? null,
    labelled,
  });
}
