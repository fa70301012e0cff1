import type { EncodedModel, Engine } from "@sebench/runtime";
import type { Tensor } from "@sebench/spec";
import { now as performanceNow } from "tinybench";
import {
  type CaseMeasurement,
  type Member,
  type MembersMeasurement,
  type MembersReplica,
  pairedForms,
} from "../measurement/measurement.ts";
import {
  logMedianOfRounds,
  logRatiosOfRounds,
  type OverheadEstimate,
  overheadOfRounds,
} from "../measurement/overhead.ts";
import { inputsOfRuns, type RunInputs } from "../session/image-batch.ts";
import { withSessions } from "../session/opened-sessions.ts";
import { prepareMembers, type PreparedMembers, proofsOf } from "../session/prepared-members.ts";
import { preparationOrders, roundOrders } from "../session/round-order.ts";
import type { Levels } from "../session/warm-up.ts";
import { seededRandom } from "../statistics/random.ts";
import { labelledLogits } from "./labelled-logits.ts";
import { measureReplica } from "./measure-replica.ts";
import type { MeasureObserver, MeasureProgress, Phase } from "./observer.ts";
import {
  type MeasureOptions,
  type ReplicaCost,
  replicasToCome,
  resolveProtocol,
  stopReason,
} from "./protocol.ts";

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
  const [only] = pairedForms(await measureMembers(engine, [plain, se], images, options, observer));
  return only!;
}

/**
 * Measures members in shared rounds, as `measureCase` measures the two of a pair. All are visited in
 * the same rounds, so what one gains over another is paired as well. The first is what the others
 * are measured against; a member alone is measured by its time.
 *
 * @param models The models, encoded by `engine` for the same batch and precision, at least one.
 * @param inputs The images, `[n, channels, height, width]`, with n a multiple of the batch, or the
 *   inputs of a model's file for each run.
 */
export async function measureMembers(
  engine: Engine,
  models: readonly EncodedModel[],
  inputs: RunInputs,
  options: MeasureOptions,
  observer: MeasureObserver = {},
): Promise<MembersMeasurement> {
  const measuring = begin(engine, models, inputs, options, observer);
  let conclusion = await measureNext(measuring);
  while (conclusion === null) {
    conclusion = await measureNext(measuring);
  }
  return { ...conclusion, replicas: measuring.replicas };
}

type Measuring = ReturnType<typeof begin>;

/** The state that one replica hands on to the next. */
function begin(
  engine: Engine,
  models: readonly EncodedModel[],
  inputs: RunInputs,
  options: MeasureOptions,
  observer: MeasureObserver,
) {
  const { now = performanceNow } = observer;
  const { batch, precision, slowdown } = options;
  const protocol = resolveProtocol(options);
  const batches = inputsOfRuns(inputs, batch);
  const random = seededRandom(protocol.seed);
  return {
    /** The encoded models, first the one that the others are measured against. */
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
    /** The replicas that are complete. */
    replicas: [] as MembersReplica[],
    /** What the complete replicas cost. */
    costs: [] as ReplicaCost[],
    /** The times of a run in the last replica, or null before the first is complete. */
    settled: null as Levels | null,
    /**
     * The estimate of each member but the first, or of a member alone, from the complete replicas;
     * there are none before the first is complete.
     */
    estimates: [] as readonly OverheadEstimate[],
  };
}

/** What follows once the replicas are complete. */
type Conclusion = Omit<MembersMeasurement, "replicas">;

/** The logarithms of a replica by which its members are estimated, by round. */
function logsOf({ members }: MembersReplica): number[][] {
  const [first, ...others] = members;
  if (others.length === 0) return [logMedianOfRounds(first!)];
  return others.map((se) => logRatiosOfRounds({ members: { plain: first!, se } }));
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
    replicas.push({ order, members, conditions });
    const logs = logsOf(replicas.at(-1)!);
    measuring.costs.push({ startMs: now() - beganMs - roundsMs, roundsMs, logs });
    measuring.settled = levels;
    measuring.estimates = logs.map((_, at) =>
      overheadOfRounds(measuring.costs.map((cost) => cost.logs[at]!)),
    );
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
): Promise<Pick<Conclusion, "proofs" | "labelledLogits">> {
  const { now, observer, preparation, costs } = measuring;
  const last = costs.length;
  const asking = {
    batch: preparation.sessionOptions.batch,
    now,
    onImages: (done: number, total: number) =>
      tell(measuring, "accuracy", last, 0, { done, total }),
  };
  let labelled: Conclusion["labelledLogits"] = null;
  const proofs = await proofsOf(
    prepared,
    (phase) => tell(measuring, phase, last, 0),
    async () => {
      if (!observer.labelled) return;
      labelled = await labelledLogits(prepared, observer.labelled, asking);
    },
  );
  return { proofs, labelledLogits: labelled };
}

/**
 * Tells the observer of the progress.
 *
 * @param rounds The rounds so far of the replica that is being measured.
 */
async function tell(
  { models, observer, protocol, now, startedMs, estimates: [first] }: Measuring,
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
    // The interval of a member alone is that of its time, and of no overhead.
    interval: (models.length > 1 && first?.interval) || null,
    labelled,
  });
}
