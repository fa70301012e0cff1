import type { Session, StagedInput } from "@sebench/runtime";
import { Bench, type TimestampProvider } from "tinybench";

/**
 * The length of a visit, which ends after `runs` runs or, if that is later, once they took
 * `atLeastMs` in all.
 */
export interface VisitLength {
  readonly runs: number;
  readonly atLeastMs: number;
}

/**
 * The number of runs of a visit, which is the same for all who are visited and enough for the
 * fastest to fill its visit. The median of a few skewed samples is biased by an amount that
 * depends on how many they are, and the first run after a change of session finds cold caches:
 * with equal numbers both effects cancel in a ratio, with equal times they would not.
 *
 * @param fastestMs The time of a run of the fastest, in milliseconds; 0 is one below the clock's step.
 */
export function runsToFill(visitMs: number, fastestMs: number): number {
  return fastestMs > 0 ? Math.max(1, Math.ceil(visitMs / fastestMs)) : 1;
}

/** A clock, in milliseconds from any fixed time. */
export type Clock = () => number;

/** The changes of a clock that are looked for, and the readings in which they must come. */
const changes = 4;
const mostReadings = 200_000;

/**
 * The smallest step of a clock that was seen, in milliseconds, or 0 of one that stands still while
 * nothing runs, as a test's does. Browsers round theirs: to 5 microseconds in a page that is cross-origin
 * isolated, and to as much as 1 ms in one that is not.
 */
export function clockStep(now: Clock): number {
  let least = Infinity;
  let last = now();
  for (let reading = 0, seen = 0; reading < mostReadings && seen < changes; reading++) {
    const at = now();
    if (at <= last) continue;
    // The first change comes somewhere within a step.
    if (seen > 0) least = Math.min(least, at - last);
    seen += 1;
    last = at;
  }
  return least === Infinity ? 0 : least;
}

/** The steps of the clock that a sample takes at least, so that one step is 2 % of it. */
const stepsOfSample = 50;

/** The step of a clock, in milliseconds, below which no run is too short for it. */
const fineStepMs = 0.001;

/** What a sample is: so many runs of each member, timed together. */
export interface SampleLength {
  /** The number of runs, which is 1 unless the clock is too coarse for one of the fastest. */
  readonly together: number;
  /** The time of a run of the fastest, in milliseconds. */
  readonly fastestMs: number;
}

/**
 * Finds how many runs must be timed together for the clock to tell their time.
 *
 * @param runs Runs of members that are warm.
 * @param fastestMs The time of a run of the fastest, as single runs were timed.
 */
export async function sampleLength(
  runs: readonly (() => Promise<unknown>)[],
  fastestMs: number,
  now: Clock,
): Promise<SampleLength> {
  const stepMs = clockStep(now);
  if (stepMs < fineStepMs || fastestMs >= stepsOfSample * stepMs) return { together: 1, fastestMs };
  const wantedMs = stepsOfSample * stepMs;
  let together = 1;
  let least = Infinity;
  for (const run of runs) {
    const burst = await burstThatTakes(run, wantedMs, now, together);
    together = burst.runs;
    least = Math.min(least, burst.tookMs / together);
  }
  return { together, fastestMs: least };
}

/** The bursts of one length that must all take long enough: any one may have been held up. */
const burstsOfLength = 3;

/** Runs one after another, timed together. */
interface Burst {
  readonly runs: number;
  /** The time of all of them, in milliseconds, in the fastest of the bursts that were tried. */
  readonly tookMs: number;
}

/**
 * Doubles a number of runs until so many take long enough in each of three bursts, so that one
 * that was held up does not pass for a long one.
 *
 * @param from The number of runs to begin with.
 */
async function burstThatTakes(
  run: () => Promise<unknown>,
  wantedMs: number,
  now: Clock,
  from: number,
): Promise<Burst> {
  for (let runs = from; ; runs *= 2) {
    let tookMs = Infinity;
    for (let burst = 0; burst < burstsOfLength && tookMs >= wantedMs; burst++) {
      const beganMs = now();
      await repeat(run, runs)();
      tookMs = Math.min(tookMs, now() - beganMs);
    }
    if (tookMs >= wantedMs) return { runs, tookMs };
  }
}

/** A run that consists of so many. */
export function repeat(run: () => Promise<unknown>, times: number): () => Promise<unknown> {
  if (times === 1) return run;
  return async () => {
    for (let time = 0; time < times; time++) await run();
  };
}

/**
 * A short burst of timed runs, each from the call until its promise is settled.
 *
 * tinybench takes the samples, as one task without a warm-up of its own. It keeps
 * them sorted, so their order is taken from its clock, whose `toMs` it calls once for
 * each sample, after both readings.
 *
 * @param run One run of a session.
 * @returns The samples in milliseconds, in the order of the runs.
 * @throws whatever `run` throws
 */
export async function visit(
  run: () => Promise<unknown>,
  length: VisitLength,
  now: Clock,
): Promise<number[]> {
  const samplesMs: number[] = [];
  const recordingClock: TimestampProvider = {
    name: "recording",
    fn: now,
    fromMs: (ms) => ms,
    toMs: (elapsed) => {
      samplesMs.push(Number(elapsed));
      return Number(elapsed);
    },
  };
  const bench = new Bench({
    iterations: length.runs,
    time: length.atLeastMs,
    warmup: false,
    throws: true,
    timestampProvider: recordingClock,
  });
  // Without `async`, tinybench calls a function once more to see what it returns.
  await bench.add("visit", run, { async: true }).run();
  return samplesMs;
}

/** A function that runs a session on one staged input after another, over and over. */
export function cycle(
  session: Session,
  inputs: readonly StagedInput[],
): () => Promise<Float32Array> {
  let next = 0;
  return () => {
    const input = inputs[next]!;
    next = (next + 1) % inputs.length;
    return session.run(input);
  };
}
