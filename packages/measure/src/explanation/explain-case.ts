import type {
  Attestation,
  EncodedModel,
  Engine,
  KernelProfile,
  Profile,
  ProfiledSession,
  Session,
  SessionOptions,
} from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import { now as performanceNow } from "tinybench";
import type { MeasureObserver, Phase } from "../case/observer.ts";
import { type MeasureOptions, type Protocol, resolveProtocol } from "../case/protocol.ts";
import { type Member, members } from "../measurement/measurement.ts";
import { inputsOfRuns, type RunInputs } from "../session/image-batch.ts";
import { withSessions } from "../session/opened-sessions.ts";
import {
  prepareMembers,
  type Preparation,
  type PreparedMembers,
} from "../session/prepared-members.ts";
import { type Order, preparationOrders } from "../session/round-order.ts";
import { type Clock, cycle, runsToFill, visit } from "../session/visit.ts";
import { warmUp } from "../session/warm-up.ts";
import { type Random, seededRandom, shuffled } from "../statistics/random.ts";
import { memberProfile, type MemberProfile, type ProfiledReplica } from "./profiled-replica.ts";

/** The most runs of a visit, since a profile keeps an event for each kernel of each run. */
const mostRunsPerVisit = 10;
/** The most rounds of a replica, since a profile keeps an event for each kernel of each run. */
const mostRounds = 20;

export interface ExplanationMeasurement {
  readonly replicas: readonly ProfiledReplica[];
  /** The attestation of the sessions that keep no profile. */
  readonly attestation: Readonly<Record<Member, Attestation>>;
}

/** The models of plain and of the network with SE. */
type Pair = readonly [EncodedModel, EncodedModel];

interface Explaining {
  readonly engine: Engine;
  readonly pair: Pair;
  readonly protocol: Protocol;
  readonly preparation: Preparation;
  readonly random: Random;
  readonly now: Clock;
  readonly startedMs: number;
  readonly replicas: ProfiledReplica[];
  readonly observer: Pick<MeasureObserver, "onProgress">;
}

/**
 * Measures a case with the engine's profiler and without it: in each replica both
 * members are prepared twice anew, with a profile and without one, and the rounds
 * visit all four sessions in seeded random order.
 *
 * @param pair The models, encoded by `engine` for the same batch and precision.
 * @param options The options, whose `budgetMs` is spent on replicas, of which there are
 *   `minReplicas` at least.
 * @throws InputError if the engine does not tell what its kernels take
 */
export async function explainCase(
  engine: Engine,
  pair: Readonly<Record<Member, EncodedModel>>,
  inputs: RunInputs,
  options: MeasureOptions,
  observer: Pick<MeasureObserver, "onProgress" | "now"> = {},
): Promise<ExplanationMeasurement> {
  const { now = performanceNow } = observer;
  const protocol = resolveProtocol(options);
  const explaining: Explaining = {
    engine,
    pair: [pair.plain, pair.se],
    protocol,
    preparation: {
      engine,
      sessionOptions: { batch: options.batch, precision: options.precision },
      batches: inputsOfRuns(inputs, options.batch),
      now,
      slowdown: undefined,
    },
    random: seededRandom(protocol.seed),
    now,
    startedMs: now(),
    replicas: [],
    observer,
  };
  await tryProfile(explaining);
  const orders = preparationOrders(members.length, explaining.random);
  for (;;) {
    const attestation = await takeReplica(explaining, orders.next().value);
    if (attestation !== null) return { replicas: explaining.replicas, attestation };
  }
}

/**
 * Profiles one run, so that an engine that tells nothing of its kernels fails before it is
 * measured.
 */
function tryProfile({ engine, pair, preparation }: Explaining): Promise<void> {
  return withSessions(async (keep) => {
    const session = await prepareProfiled(engine, pair[1], preparation.sessionOptions);
    keep(session);
    await session.run(await session.stage(preparation.batches[0]!));
    requireTold(await session.endProfile());
  });
}

function requireTold(profile: Profile): KernelProfile {
  if (profile.ok) return profile;
  throw new InputError(profile.reason, { remedy: profile.remedy });
}

async function prepareProfiled(
  engine: Engine,
  model: EncodedModel,
  options: SessionOptions,
): Promise<ProfiledSession> {
  if (engine.prepareProfiled) return engine.prepareProfiled(model, options);
  throw new InputError("the engine has no profiler", { remedy: "take another --runtime" });
}

/** Takes one replica more, and returns null if another must follow. */
function takeReplica(
  explaining: Explaining,
  order: Order,
): Promise<ExplanationMeasurement["attestation"] | null> {
  const { pair, preparation, protocol, replicas, now, startedMs } = explaining;
  return withSessions(async (keep) => {
    await tell(explaining, "prepare", 0);
    const unwatched = await prepareMembers(pair, order, preparation, keep);
    const watched = await prepareProfiledPair(explaining, order, keep);
    const samplesMs = await takeRounds(explaining, unwatched, watched);
    replicas.push({
      members: {
        plain: { samplesMs: samplesMs.plain },
        se: { samplesMs: samplesMs.se },
      },
      profiles: {
        plain: await endProfile(watched.sessions.plain, samplesMs.plain),
        se: await endProfile(watched.sessions.se, samplesMs.se),
      },
    });
    const spent = now() - startedMs >= protocol.budgetMs;
    const done =
      replicas.length >= protocol.maxReplicas || (spent && replicas.length >= protocol.minReplicas);
    if (!done) return null;
    await tell(explaining, "attest", 0);
    return {
      plain: await unwatched[0]!.session.attest(),
      se: await unwatched[1]!.session.attest(),
    };
  });
}

interface ProfiledPair {
  readonly prepared: PreparedMembers;
  readonly sessions: Readonly<Record<Member, ProfiledSession>>;
}

async function prepareProfiledPair(
  { engine, pair, preparation }: Explaining,
  order: Order,
  keep: (session: Session) => void,
): Promise<ProfiledPair> {
  const opened: ProfiledSession[] = [];
  const profiling: Engine = {
    probe: () => engine.probe(),
    encode: (network, options) => engine.encode(network, options),
    async prepare(model, options) {
      const session = await prepareProfiled(engine, model, options);
      opened.push(session);
      return session;
    },
    [Symbol.asyncDispose]: async () => {},
  };
  const prepared = await prepareMembers(pair, order, { ...preparation, engine: profiling }, keep);
  const [first, second] = opened as [ProfiledSession, ProfiledSession];
  return {
    prepared,
    sessions: order[0] === 0 ? { plain: first, se: second } : { plain: second, se: first },
  };
}

/** The samples of the sessions without a profile; those with one keep their own. */
async function takeRounds(
  explaining: Explaining,
  unwatched: PreparedMembers,
  { prepared }: ProfiledPair,
): Promise<Record<Member, number[][]>> {
  const { protocol, random, now } = explaining;
  const runs = await runsPerVisit(explaining, unwatched);
  const visits = members.flatMap((member, index) => {
    const [own, profiled] = [unwatched[index]!, prepared[index]!];
    return [
      { member, watched: false, run: cycle(own.session, own.inputs) },
      { member, watched: true, run: cycle(profiled.session, profiled.inputs) },
    ];
  });
  const samplesMs: Record<Member, number[][]> = { plain: [], se: [] };
  const deadlineMs = now() + protocol.budgetMs / protocol.maxReplicas;
  // The first round warms up the sessions that keep a profile.
  for (let round = 0; round <= mostRounds; round++) {
    if (round > protocol.minRounds && now() >= deadlineMs) break;
    await tell(explaining, "rounds", round);
    for (const { member, watched, run } of shuffled(visits, random)) {
      const visited = await visit(run, { runs, atLeastMs: 0 }, now);
      if (!watched && round > 0) samplesMs[member].push(visited);
    }
  }
  return samplesMs;
}

async function runsPerVisit(explaining: Explaining, pair: PreparedMembers): Promise<number> {
  const { protocol, now } = explaining;
  await tell(explaining, "warm-up", 0);
  const warm = await warmUp(
    pair.map(({ session, inputs }) => cycle(session, inputs)),
    {
      capMs: Math.min(protocol.warmUpMs, protocol.budgetMs / protocol.maxReplicas / 3),
      tolerance: protocol.steadyTolerance,
      settled: null,
    },
    now,
  );
  const fasterMs = Math.min(...warm.map(({ medianMs }) => medianMs));
  return fasterMs > 0
    ? Math.min(mostRunsPerVisit, runsToFill(protocol.visitMs, fasterMs))
    : mostRunsPerVisit;
}

/** The profile without the runs before the first round that counts. */
async function endProfile(
  session: ProfiledSession,
  samplesMs: readonly (readonly number[])[],
): Promise<MemberProfile> {
  const profile = requireTold(await session.endProfile());
  return memberProfile(profile, profile.runMs.length - samplesMs.flat().length);
}

async function tell(
  { protocol, now, startedMs, replicas, observer }: Explaining,
  phase: Phase,
  rounds: number,
): Promise<void> {
  await observer.onProgress?.({
    phase,
    replica: Math.min(replicas.length + 1, protocol.maxReplicas),
    replicas: protocol.maxReplicas,
    rounds,
    elapsedMs: now() - startedMs,
    interval: null,
    labelled: null,
  });
}
