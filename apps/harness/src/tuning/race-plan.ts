import { toleranceFor } from "../case-record.ts";
import { type CaseHost, JobError } from "../host.ts";
import type { RaceEntrant } from "@sebench/measure";
import type { RaceJob } from "../job.ts";
import type { CasePlan } from "../plan.ts";
import { RangeAnswers } from "../range-answers.ts";
import { pairOf, rangesOf } from "../run-cases.ts";
import { engineOptionsOf, type RunOptions } from "../run-options.ts";
import type { Race, Racer } from "./ring.ts";

export interface RaceContext {
  readonly options: RunOptions;
  readonly host: CaseHost;
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
      const measured = await host.race(job, watch);
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
