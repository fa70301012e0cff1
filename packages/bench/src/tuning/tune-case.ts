import type { JobHost } from "@sebench/hosts";
import { JobError, type RaceJob } from "@sebench/jobs";
import { defaultLowering, type LoweringName } from "@sebench/lowering";
import { type RaceEntrant, toleranceFor } from "@sebench/measure";
import type { Tuning } from "@sebench/results";
import type { Availability } from "@sebench/runtime";
import { buildNetwork } from "@sebench/spec";
import { pairOf, rangesOf } from "../case/case-job.ts";
import { RangeAnswers } from "../case/shared-answers.ts";
import { bestKnownLowering } from "../plan/best-known.ts";
import type { NetworkPlan } from "../plan/case-plan.ts";
import { engineOptionsOf, type RunOptions } from "../plan/options.ts";
import { describeTuning, type Finale, finaleOf, withoutGain } from "./describe-tuning.ts";
import { type TraceStep, type Race, type Racer, Ring } from "./ring.ts";
import { searchSpace, type SearchSpace } from "./search-space.ts";
import { search } from "./search.ts";

/** A tuned case, and the races that led to it. */
export interface TunedPlan {
  readonly tuning: Tuning;
  readonly trace: readonly TraceStep[];
}

/** Tunes a case. Throws a `JobError` where the naive form cannot be raced. */
export async function tunePlan(
  context: RaceContext,
  plan: NetworkPlan,
  { version }: Extract<Availability, { ok: true }>,
  onStep: (step: TraceStep) => void,
): Promise<TunedPlan> {
  const { network, imageSize } = plan;
  const built = buildNetwork(network, { imageSize });
  const naive = defaultLowering(built);
  const space = searchSpace(built, {
    naive,
    best: bestKnownLowering(built, plan),
    nchwc: plan.runtime === "onnxruntime-node/cpu",
    batch: plan.batch,
  });
  const tuned = await tune(raceOf(context, plan), space, {
    budgetMs: 1000 * plan.seconds,
    seed: context.seed,
    now: () => performance.now(),
    onStep,
  });
  if (!tuned.ok) throw new JobError(tuned.reason);
  const { lowering, trace, finale } = tuned;
  const engineVersion = version;
  const tuning = describeTuning({ ...context, plan, engineVersion, naive, lowering, finale });
  return { tuning, trace };
}

export interface RaceContext {
  readonly options: RunOptions;
  readonly host: JobHost;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** The time that the rounds of a fast network fill in a race of effort 1, in milliseconds. */
const roundsMs = 1000;
/** The fewest rounds of a race of effort 1; fewer have no interval. */
const fewestRounds = 4;
const mostRounds = 200;
const visitMs = 20;

/** The most time that a race takes beyond the budget where `--timeout` is not given, in seconds. */
const usualGrace = 300;

/**
 * Gives the races of one case, each in a process or browser of its own. Only an interrupt is
 * thrown.
 */
export function raceOf({ options, host, seed, signal }: RaceContext, plan: NetworkPlan): Race {
  const pair = pairOf(plan, { kind: "seeded", seed });
  const answers = new RangeAnswers();
  const timeoutMs = 1000 * (options.timeoutSeconds ?? plan.seconds + usualGrace);
  const watch = { signal, timeoutMs, onProgress: () => {} };
  let expected: Float32Array | null = null;
  let races = 0;
  let attested = false;
  const entrantOf = async (racer: Racer): Promise<RaceEntrant> => {
    const member = racer === null ? "plain" : "se";
    const lowering = racer ?? "conv1x1";
    const ranges = await rangesOf({ ...plan, lowering }, pair, answers, watch);
    return { member, lowering, ranges };
  };
  return async (racers, effort) => {
    try {
      const entrants: RaceEntrant[] = [];
      for (const racer of racers) entrants.push(await entrantOf(racer));
      const job: RaceJob = {
        kind: "race",
        runtime: plan.runtime,
        engine: engineOptionsOf(options),
        members: { kind: "networks", pair, entrants },
        race: {
          batch: plan.batch,
          precision: plan.precision,
          seed: seed + races,
          minRounds: effort * Math.max(fewestRounds, plan.pace.minRounds),
          maxRounds: effort * mostRounds,
          budgetMs: effort * roundsMs,
          budgetByPreparing: effort,
          visitMs,
          tolerance: toleranceFor(plan.precision, { tf32: mayRound(plan, options) }),
          expected,
          // The device is attested once, since that takes as long as preparing. The last races do
          // it: they alone have the plain network.
          attest: racers.includes(null) && !attested,
        },
      };
      races++;
      const measured = await host.run(job, watch);
      attested ||= job.race.attest;
      expected ??= measured.expected;
      return { ok: true, entrants: measured.entrants };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof JobError)) throw error;
      return { ok: false, reason: error.message };
    }
  };
}

/** Whether NVIDIA's libraries may round factors to TF32. */
function mayRound({ runtime }: NetworkPlan, { tf32 }: RunOptions): boolean {
  return tf32 && /\/(cuda|tensorrt)/.test(runtime);
}

export interface TuneLimits {
  /** The time for all races together, with their preparing, in milliseconds. */
  readonly budgetMs: number;
  readonly seed: number;
  readonly now: () => number;
  readonly onStep: (step: TraceStep) => void;
}

export interface Tuned {
  readonly ok: true;
  /** The recipe that was found, or the naive form where the recipe was slower in the last races. */
  readonly lowering: LoweringName;
  readonly finale: Finale;
  readonly trace: readonly TraceStep[];
}

/** Finds the fastest recipe that it can within a budget, and says what it gains. */
export async function tune(
  race: Race,
  space: SearchSpace,
  { budgetMs, seed, now, onStep }: TuneLimits,
): Promise<Tuned | { readonly ok: false; readonly reason: string }> {
  const ring = new Ring(race, now, onStep);
  const forFinale = () =>
    Math.max(finaleShare * budgetMs, fewestRaces * ring.expectedMs(3, finaleEffort));
  const found = await search(ring, space, { deadlineMs: () => budgetMs - forFinale(), seed });
  const ended = await raceFinale(ring, { naive: space.naive, tuned: found }, budgetMs);
  if ("reason" in ended) return { ok: false, ...ended };
  const slower = ended.gain.ratio > 1;
  const lowering = slower ? space.naive : found;
  ring.tell({
    where: "final",
    incumbent: space.naive,
    standings: [],
    chosen: [lowering],
    why: slower ? `${found} was slower than the naive form after all` : "raced anew",
  });
  const told = slower ? withoutGain(ended) : ended;
  return { ok: true, lowering, finale: told, trace: ring.trace };
}

/** The effort of each of the last races. */
const finaleEffort = 1;
const fewestRaces = 3;
const mostRaces = 6;

/** The share of a budget that is for the last races. */
const finaleShare = 0.3;

/**
 * Races the plain network, the naive form and the recipe that was found, each prepared anew in
 * every race, as in the replicas of a case. Gives a reason where they cannot be raced.
 */
async function raceFinale(
  ring: Ring,
  { naive, tuned }: { readonly naive: LoweringName; readonly tuned: LoweringName },
  deadlineMs: number,
): Promise<Finale | { readonly reason: string }> {
  const racers: Racer[] = tuned === naive ? [null, naive] : [null, naive, tuned];
  const replicas: (readonly number[])[][] = [];
  while (
    replicas.length < fewestRaces ||
    (replicas.length < mostRaces && ring.fits(racers.length, finaleEffort, deadlineMs))
  ) {
    const outcome = await ring.run(racers, finaleEffort);
    if (!outcome.ok) return { reason: outcome.reason };
    const medians: (readonly number[])[] = [];
    for (const raced of outcome.entrants) {
      if (!raced.ok) return { reason: raced.reason };
      medians.push(raced.mediansMs);
    }
    replicas.push(medians);
  }
  return finaleOf(replicas);
}
