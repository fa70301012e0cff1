/**
 * This program tells how often the gate's test finds a slowdown of 5 %, and how often it finds one
 * where there is none, in simulation: `ratioChange` beside Welch's t test of the replicas' means,
 * with few rounds and many, of little noise and much, where one replica in five is off by up to 5 % and where none is. It takes a minute:
 * `pnpm --filter @sebench/measure gate-power 500`.
 */
import { overheadEstimate } from "../src/measurement/overhead.ts";
import { type Random, seededRandom } from "../src/statistics/random.ts";
import { ratioChange, type RatioReplicas } from "../src/statistics/ratio-change.ts";
import { probabilityBeyond } from "../src/statistics/student-t.ts";
import { mean, variance } from "../src/statistics/trimmed-mean.ts";
import { simulateReplicas } from "../src/testing/simulated-replicas.ts";

const trials = Number(process.argv[2] ?? 500);
/** The p value that a change must reach alone, and as one of twenty in a suite. */
const limits = [0.01, 0.01 / 20] as const;

interface Setting {
  readonly replicas: number;
  readonly rounds: number;
  readonly betweenVisits: number;
  readonly betweenReplicas: number;
  /** The share of the replicas that are off as a whole. */
  readonly disturbed: number;
}

/** A run's replicas. */
function runOf(
  { disturbed, ...setting }: Setting,
  slowdown: number,
  random: Random,
): RatioReplicas {
  const ratio = 1.1 * (1 + slowdown);
  const { replicas, within } = overheadEstimate(simulateReplicas({ ...setting, ratio }, random));
  const off = () => (random() < disturbed ? (random() - 0.5) * 0.1 : 0);
  return { replicas: replicas.map((each) => each * Math.exp(off())), within };
}

/** The p value of Welch's t test of the logarithms, its degrees of freedom rounded down. */
function welch(base: readonly number[], head: readonly number[]): number {
  const logs = [base, head].map((ratios) => ratios.map(Math.log));
  const [before, after] = logs.map((values) => variance(values) / values.length);
  const squared = before! + after!;
  const spread = before! ** 2 / (base.length - 1) + after! ** 2 / (head.length - 1);
  const t = (mean(logs[1]!) - mean(logs[0]!)) / Math.sqrt(squared);
  return probabilityBeyond(t, Math.max(1, Math.floor(squared ** 2 / spread)));
}

/** The rounds of a replica, how their visits differ, and the slowdown. */
const settings = [10, 25].flatMap((rounds) =>
  [0.006, 0.03].flatMap((betweenVisits) =>
    [0, 0.05].map((slowdown) => [rounds, betweenVisits, slowdown] as const),
  ),
);

for (const disturbed of [0, 0.2]) {
  for (const betweenReplicas of [0.0025, 0.01]) {
    for (const replicas of [3, 5, 8]) {
      for (const [rounds, betweenVisits, slowdown] of settings) {
        const random = seededRandom(7);
        const setting = { replicas, rounds, betweenVisits, betweenReplicas, disturbed };
        const found = { means: [0, 0], model: [0, 0] };
        for (let trial = 0; trial < trials; trial++) {
          const [base, head] = [0, slowdown].map((slower) => runOf(setting, slower, random));
          const pValues = {
            means: welch(base!.replicas, head!.replicas),
            model: ratioChange(base!, head!)!.pValue,
          };
          for (const test of ["means", "model"] as const) {
            limits.forEach((limit, at) => (found[test][at]! += Number(pValues[test] <= limit)));
          }
        }
        const percent = (times: readonly number[]) =>
          times.map((each) => `${((100 * each) / trials).toFixed(1)} %`).join(", ");
        console.log(
          `${replicas} replicas of ${rounds} rounds that differ by ${betweenReplicas}, visits by ${betweenVisits}, ${disturbed} of them disturbed, ` +
            `${100 * slowdown} % slower, found at p ${limits.join(", ")}: ` +
            `by means ${percent(found.means)}; by the gate ${percent(found.model)}`,
        );
      }
    }
  }
}
