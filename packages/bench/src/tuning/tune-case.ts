import type { JobHost } from "@sebench/hosts";
import { JobError, type RaceJob } from "@sebench/jobs";
import { defaultLowering } from "@sebench/lowering";
import type { RaceEntrant } from "@sebench/measure";
import type { Tuning } from "@sebench/results";
import type { Availability } from "@sebench/runtime";
import { buildNetwork } from "@sebench/spec";
import { pairOf, rangesOf } from "../case/case-job.ts";
import { toleranceFor } from "../case/case-record.ts";
import { RangeAnswers } from "../case/shared-answers.ts";
import { bestKnownLowering } from "../plan/best-known.ts";
import type { CasePlan } from "../plan/case-plan.ts";
import { engineOptionsOf, type RunOptions } from "../plan/options.ts";
import type { TraceStep, Race, Racer } from "./ring.ts";
import { searchSpace } from "./search-space.ts";
import { tune } from "./tune.ts";

/** A case, tuned, and how that came about. */
export interface TunedPlan {
  readonly tuning: Tuning;
  readonly trace: readonly TraceStep[];
}

/** Throws a `JobError` where the naive form cannot be raced. */
export async function tunePlan(
  context: RaceContext,
  plan: CasePlan,
  { version }: Extract<Availability, { ok: true }>,
  onStep: (step: TraceStep) => void,
): Promise<TunedPlan> {
  const { options, host, seed } = context;
  const { runtime, network, imageSize, batch, precision, seconds } = plan;
  const built = buildNetwork(network, { imageSize });
  const naive = defaultLowering(built);
  const space = searchSpace(built, {
    naive,
    best: bestKnownLowering(built, plan),
    nchwc: runtime === "onnxruntime-node/cpu",
    batch,
  });
  const tuned = await tune(raceOf(context, plan), space, {
    budgetMs: 1000 * seconds,
    seed,
    now: () => performance.now(),
    onStep,
  });
  if (!tuned.ok) throw new JobError(tuned.reason);
  const { lowering, trace, finale } = tuned;
  const ratioOf = ({ ratio, interval }: Tuning["gain"]) => ({ ratio, interval });
  const tuning: Tuning = {
    runtime,
    host: plan.host,
    network,
    imageSize,
    batch,
    precision,
    threads: options.threads,
    engineVersion: version,
    hostVersion: host.version,
    tuned: new Date().toISOString(),
    seed,
    seconds,
    naive,
    lowering,
    plainMs: finale.plainMs,
    overhead: { naive: ratioOf(finale.naive), tuned: ratioOf(finale.tuned) },
    gain: ratioOf(finale.gain),
  };
  return { tuning, trace };
}

export interface RaceContext {
  readonly options: RunOptions;
  readonly host: JobHost;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** Of an effort of one: what rounds of a fast network fill, in milliseconds. */
const roundsMs = 1000;
/** Fewer have no interval. */
const fewestRounds = 4;
const mostRounds = 200;
const visitMs = 20;

/** Time that a race takes beyond the budget at most where nobody says so, in seconds. */
const usualGrace = 300;

/** Races of one case, each in a process or browser of its own. Only an interrupt is thrown. */
export function raceOf({ options, host, seed, signal }: RaceContext, plan: CasePlan): Race {
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
        pair,
        entrants,
        race: {
          batch: plan.batch,
          precision: plan.precision,
          seed: seed + races,
          minRounds: effort * Math.max(fewestRounds, plan.pace.minRounds),
          maxRounds: effort * mostRounds,
          budgetMs: effort * roundsMs,
          budgetByPreparing: effort,
          visitMs,
          minRunsPerVisit: plan.pace.minRunsPerVisit,
          tolerance: toleranceFor(plan.precision, { tf32: mayRound(plan, options) }),
          expected,
          // Once, in the last races, in which the plain network is: it takes as long as preparing.
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
function mayRound({ runtime }: CasePlan, { tf32 }: RunOptions): boolean {
  return tf32 && /\/(cuda|tensorrt)/.test(runtime);
}
