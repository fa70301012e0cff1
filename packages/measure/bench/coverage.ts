/**
 * This program tells how often 95 % intervals of the overhead cover the truth in
 * simulation: the interval that `overheadEstimate` gives, a t interval of the replicas' mean, a
 * two-level percentile bootstrap, an interval from rounds that takes them for independent, and
 * the interval of a case that stops as soon as it is narrow. It runs for some
 * minutes: `pnpm --filter @sebench/measure coverage`.
 */
import {
  halfWidthOfMean,
  locationOfRounds,
  overheadEstimate,
  type PairedRounds,
} from "../src/measurement/overhead.ts";
import { ascending, median, quantile } from "../src/statistics/quantile.ts";
import { type Random, seededRandom } from "../src/statistics/random.ts";
import { mean, trimmedMean } from "../src/statistics/trimmed-mean.ts";
import { simulateReplicas } from "../src/testing/simulated-replicas.ts";

type Interval = readonly [number, number];

const truth = 1.1;
// The spread is that of onnxruntime-node on two shared cores: A/A replicas differ by 0.25
// %, rounds by 1 %.
const simulation = { ratio: truth, betweenReplicas: 0.0025, betweenVisits: 0.006 };

function logRatios({ members: { plain, se } }: PairedRounds): number[] {
  return se.samplesMs.map((visit, round) =>
    Math.log(median(visit) / median(plain.samplesMs[round]!)),
  );
}

/** The interval of a two-level bootstrap: replicas are resampled, and in each of them rounds. */
function bootstrapInterval(replicas: readonly PairedRounds[], random: Random): Interval {
  const ratios = replicas.map(logRatios);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const resample = <Item>(items: readonly Item[]): Item[] => items.map(() => pick(items));
  const locations = Array.from({ length: 200 }, () =>
    mean(resample(ratios).map((rounds) => trimmedMean(resample(rounds), 0.2))),
  );
  const sorted = ascending(locations);
  return [Math.exp(quantile(sorted, 0.025)), Math.exp(quantile(sorted, 0.975))];
}

/**
 * The interval of one bootstrap of the rounds of all replicas together, as if there were
 * no replicas.
 */
function intervalFromRounds(replicas: readonly PairedRounds[], random: Random): Interval {
  const ratios = replicas.flatMap(logRatios);
  const locations = Array.from({ length: 200 }, () =>
    trimmedMean(
      ratios.map(() => ratios[Math.floor(random() * ratios.length)]!),
      0.2,
    ),
  );
  const sorted = ascending(locations);
  return [Math.exp(quantile(sorted, 0.025)), Math.exp(quantile(sorted, 0.975))];
}

function share(trials: number, covers: () => boolean): string {
  let covered = 0;
  for (let trial = 0; trial < trials; trial++) {
    covered += covers() ? 1 : 0;
  }
  return `${((100 * covered) / trials).toFixed(1)} %`;
}

const covers = ([low, high]: Interval): boolean => low <= truth && truth <= high;
const ownInterval = (replicas: readonly PairedRounds[]): Interval =>
  overheadEstimate(replicas).interval!;

function tInterval(replicas: readonly PairedRounds[]): Interval {
  const locations = replicas.map((replica) => locationOfRounds(logRatios(replica)));
  const halfWidth = halfWidthOfMean(locations)!;
  return [Math.exp(mean(locations) - halfWidth), Math.exp(mean(locations) + halfWidth)];
}

function compareIntervals(betweenReplicas: number, random: Random): void {
  console.log(`replicas that differ by ${100 * betweenReplicas} %:`);
  for (const rounds of [10, 60, 240]) {
    for (const replicas of [3, 5, 8]) {
      const draw = () =>
        simulateReplicas({ ...simulation, betweenReplicas, rounds, replicas }, random);
      console.log(
        `${replicas} replicas of ${rounds} rounds:`,
        `own ${share(2000, () => covers(ownInterval(draw())))},`,
        `t ${share(2000, () => covers(tInterval(draw())))},`,
        `bootstrap ${share(200, () => covers(bootstrapInterval(draw(), random)))},`,
        `rounds ${share(200, () => covers(intervalFromRounds(draw(), random)))}`,
      );
    }
  }
}

/**
 * The interval of a case that looks after every replica from `first` on, and stops once
 * the interval is narrow enough.
 */
function stopWhenNarrow(pool: readonly PairedRounds[], first: number, target: number): Interval {
  const intervals = pool.map((_, index) =>
    index < 1 ? null : ownInterval(pool.slice(0, index + 1)),
  );
  const looks = intervals.slice(first - 1) as Interval[];
  return looks.find(([low, high]) => (high - low) / (high + low) <= target) ?? looks.at(-1)!;
}

function compareStopRules(random: Random): void {
  for (const [first, last] of [
    [3, 5],
    [3, 10],
    [5, 8],
    [5, 10],
    [6, 8],
    [6, 12],
    [12, 24],
  ] as const) {
    const shares = [0.002, 0.0025, 0.003, 0.0035, 0.004].map((target) => {
      const pool = () => simulateReplicas({ ...simulation, replicas: last, rounds: 10 }, random);
      return share(4000, () => covers(stopWhenNarrow(pool(), first, target)));
    });
    console.log(`looks from replica ${first} of at most ${last}:`, shares.join(", "));
  }
}

const random = seededRandom(1);
for (const betweenReplicas of [0, 0.0025, 0.006, 0.015, 0.04])
  compareIntervals(betweenReplicas, random);
console.log("half-widths of 0.2, 0.25, 0.3, 0.35, 0.4 % to stop at:");
compareStopRules(random);
