import type { Attestation, EncodedModel, Engine, Session, SessionOptions } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import { now as performanceNow } from "tinybench";
import { inputsOfRuns, type RunInputs } from "../session/image-batch.ts";
import { withSessions } from "../session/opened-sessions.ts";
import { logitsOf } from "../session/prepared-members.ts";
import { type Clock, cycle, runsToFill, visit } from "../session/visit.ts";
import { median } from "../statistics/quantile.ts";
import { seededRandom, shuffled } from "../statistics/random.ts";

/** The options of a race: plain data, which may be sent to the process or page that races. */
export interface RaceOptions extends Pick<SessionOptions, "batch" | "precision"> {
  /** The seed of the order of visits. */
  readonly seed: number;
  /** The rounds that are taken even if they exceed the budget. */
  readonly minRounds: number;
  readonly maxRounds: number;
  /** The time for the rounds; preparing and warming up come on top. */
  readonly budgetMs: number;
  /**
   * The time for the rounds as a share of the time that preparing took, which counts if it
   * is more than `budgetMs`.
   */
  readonly budgetByPreparing: number;
  /** The time that a visit to the fastest entrant takes at least. */
  readonly visitMs: number;
  /**
   * The difference of a logit, relative to the greatest, up to which an entrant counts as
   * giving the same.
   */
  readonly tolerance: number;
  /**
   * The logits that compared entrants must give, `[images, classes]`, or null to take
   * those of the first one.
   */
  readonly expected: Float32Array | null;
  /** Whether each entrant must prove its device. */
  readonly attest: boolean;
}

export interface Entrant {
  /** Encodes the entrant's model when it is its turn, and may fail. */
  encode(): Promise<EncodedModel>;
  /** Whether the entrant must give the same logits as the others; false for another network. */
  readonly compared: boolean;
}

/**
 * The result of an entrant: the medians of its visits in milliseconds, by round, or the
 * reason why it did not start.
 */
export type Raced =
  | {
      readonly ok: true;
      readonly mediansMs: readonly number[];
      /** The proof of the device, where the race asked for it. */
      readonly attestation?: Attestation;
    }
  | { readonly ok: false; readonly reason: string };

export interface RaceMeasurement {
  /** The result of each entrant, in the order in which they entered. */
  readonly entrants: readonly Raced[];
  /** The logits that the compared entrants gave, `[images, classes]`. */
  readonly expected: Float32Array;
}

interface Starter {
  readonly place: number;
  readonly session: Session;
  readonly run: () => Promise<Float32Array>;
  readonly attestation: Attestation | null;
}

/**
 * The number of short bursts that warm an entrant up: the second is past what a first run
 * compiles and allocates.
 */
const warmUpBursts = 2;
const burst = { runs: 2, atLeastMs: 100 };

/**
 * Prepares some models, one after the other, and takes rounds in which each is
 * visited once, in seeded random order. An entrant that cannot be prepared or run,
 * or gives other logits, does not start; the others go on.
 *
 * @param entrants The entrants, of which the first that is compared says what to expect
 *   if the options do not.
 * @param inputs The images, `[n, channels, height, width]`, with n a multiple of the batch, or the
 *   inputs of a model's file for each run, whose first output of floats is then compared.
 * @throws whatever keeps the entrant from starting that says what to expect
 */
export function runRace(
  engine: Engine,
  entrants: readonly Entrant[],
  inputs: RunInputs,
  options: RaceOptions,
  now: Clock = performanceNow,
): Promise<RaceMeasurement> {
  return withSessions(async (keep) => {
    const startedMs = now();
    const batches = inputsOfRuns(inputs, options.batch);
    const starters: Starter[] = [];
    const failures = new Map<number, string>();
    let { expected } = options;
    for (const [place, entrant] of entrants.entries()) {
      try {
        const session = await engine.prepare(await entrant.encode(), options);
        keep(session);
        const staged = [];
        for (const batch of batches) staged.push(await session.stage(batch));
        const logits = await logitsOf({ session, inputs: staged });
        const attestation = options.attest ? requireProven(await session.attest()) : null;
        if (entrant.compared) {
          const fault = expected && disagreement(logits, expected, options.tolerance);
          if (fault) throw new InputError(fault);
          expected ??= logits;
        }
        starters.push({ place, session, run: cycle(session, staged), attestation });
      } catch (error) {
        if (entrant.compared && expected === null) throw error;
        failures.set(place, error instanceof Error ? error.message : String(error));
      }
    }
    const byPreparingMs = options.budgetByPreparing * (now() - startedMs);
    const budgetMs = Math.max(options.budgetMs, byPreparingMs);
    const medians = await takeRounds(starters, { ...options, budgetMs }, now);
    const proofs = new Map(starters.map(({ place, attestation }) => [place, attestation]));
    return {
      entrants: entrants.map((_, place): Raced => {
        const reason = failures.get(place);
        if (reason !== undefined) return { ok: false, reason };
        const attestation = proofs.get(place);
        return { ok: true, mediansMs: medians.get(place)!, ...(attestation && { attestation }) };
      }),
      expected: expected!,
    };
  });
}

function requireProven(attestation: Attestation): Attestation {
  const { proven, reason } = attestation;
  if (!proven) throw new InputError(`the device is not proven: ${reason}`);
  return attestation;
}

async function takeRounds(
  starters: readonly Starter[],
  options: RaceOptions,
  now: Clock,
): Promise<Map<number, number[]>> {
  const medians = new Map(starters.map(({ place }) => [place, [] as number[]]));
  const runs = await runsPerVisit(starters, options, now);
  const random = seededRandom(options.seed);
  const { minRounds, maxRounds } = options;
  const deadlineMs = now() + options.budgetMs;
  for (let round = 0; round < maxRounds; round++) {
    if (round >= minRounds && now() >= deadlineMs) break;
    for (const { place, run } of shuffled(starters, random)) {
      const samplesMs = await visit(run, { runs, atLeastMs: 0 }, now);
      medians.get(place)!.push(median(samplesMs));
    }
  }
  return medians;
}

/** Warms all entrants up, and gives the number of runs of a visit. */
async function runsPerVisit(
  starters: readonly Starter[],
  { visitMs }: RaceOptions,
  now: Clock,
): Promise<number> {
  const warmMs = new Map<number, number>();
  for (let bursts = 0; bursts < warmUpBursts; bursts++) {
    for (const { place, run } of starters) warmMs.set(place, median(await visit(run, burst, now)));
  }
  return runsToFill(visitMs, Math.min(...warmMs.values()));
}

/**
 * The difference of logits from those expected, in words, or null if no difference is
 * larger than `tolerance` times the greatest that was expected. NaN always differs.
 */
function disagreement(
  logits: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): string | null {
  if (logits.length !== expected.length) {
    return `it gives ${logits.length} logits where ${expected.length} are due`;
  }
  let greatest = 0;
  let difference = 0;
  for (let at = 0; at < expected.length; at++) {
    const own = Math.abs(logits[at]! - expected[at]!);
    if (Number.isNaN(own)) return "its logits are not numbers";
    greatest = Math.max(greatest, Math.abs(expected[at]!));
    difference = Math.max(difference, own);
  }
  if (difference <= tolerance * greatest) return null;
  return `its logits differ by ${(difference / greatest).toPrecision(2)} of the greatest, and ${tolerance} is allowed`;
}
