import {
  ascending,
  effectToBeFound,
  halfWidthOfMean,
  mean,
  overheadOfRounds,
  quantile,
  type RatioChange,
  ratioChange,
  type RatioReplicas,
  reachOfTest,
  replicasWithin,
  type RunSize,
  seededRandom,
  type VarianceComponents,
  wilsonInterval,
} from "@sebench/measure";
import { familyError, verdictsOf } from "../comparison/verdict.ts";
import type { Interval } from "../record/quantity.ts";
import type { CalibrationSubject, CalibrationTrial } from "./calibration-record.ts";
import { fewestTrials, spreadOfTrials, type TrialSpread, trialsOf } from "./trial-spread.ts";

/** The number of times that something happened in a number of trials. */
export interface Share {
  readonly count: number;
  readonly of: number;
  /** The 95 % interval of the share, by Wilson's score. */
  readonly interval: Interval;
}

/** The results of trials with one known slowdown. */
interface SlowdownSummary {
  /** The known slowdown: 0.02 is 2 %. */
  readonly slowdown: number;
  /** The ratio over all trials, less 1. */
  readonly measured: number;
  /** The 95 % interval of `measured`, from how the trials differ, or null for a single trial. */
  readonly interval: Interval | null;
  /** The trials whose own interval covers the known slowdown. */
  readonly covered: Share;
  /** The trials that the gate calls `regressed` against a trial without a slowdown. */
  readonly found: Share;
}

interface SmallestEffect {
  /** The time for the replicas of each of the two runs. */
  readonly seconds: number;
  /** The smallest change that the gate finds with 95 % probability: 0.02 is 2 %. */
  readonly effect: number;
}

/**
 * The summary of a subject's trials, which tells how far to trust measurements of the
 * subject on this machine.
 */
export interface CalibrationSummary extends TrialSpread {
  /** The shares of the variance of a replica's estimate. */
  readonly shares: { readonly run: number; readonly replica: number; readonly round: number };
  /** The trials without a slowdown whose 95 % interval covers 1. */
  readonly covered: Share;
  /**
   * The pairs of trials without a slowdown, each trial in one pair, that the gate calls a
   * change.
   */
  readonly falseAlarms: Share;
  readonly smallestEffects: readonly SmallestEffect[];
  readonly slowdowns: readonly SlowdownSummary[];
}

/** The gate's threshold if no other is asked for. */
export const defaultThreshold = 0.02;

const budgets = [10, 30, 60, 300];

/** The summary of a subject's trials, or null if there are too few trials. */
export function summarizeCalibration(subject: CalibrationSubject): CalibrationSummary | null {
  const spread = spreadOfTrials(subject);
  if (spread === null) return null;
  const { components, size } = spread;
  const unslowed = trialsOf(subject, 0);
  const ofReplica = {
    run: components.run,
    replica: components.replica,
    round: components.round / size.rounds,
  };
  const total = ofReplica.run + ofReplica.replica + ofReplica.round;
  const shareOf = (part: number) => (total === 0 ? 0 : part / total);
  return {
    ...spread,
    shares: {
      run: shareOf(ofReplica.run),
      replica: shareOf(ofReplica.replica),
      round: shareOf(ofReplica.round),
    },
    covered: share(unslowed.map((trial) => covers(trial, 0))),
    falseAlarms: share(
      pairsOf(unslowed).map(([base, head]) => isChange(verdictBetween(base, head, components))),
    ),
    smallestEffects: smallestEffectsOf(subject, unslowed, { components, size }),
    slowdowns: slowdownsOf(subject).map((slowdown) =>
      summarizeSlowdown(trialsOf(subject, slowdown), unslowed, { slowdown, components }),
    ),
  };
}

/**
 * The smallest effects: the one seen in the trials, and for longer runs those that the
 * variance components make of it.
 */
function smallestEffectsOf(
  { seconds: own }: CalibrationSubject,
  trials: readonly CalibrationTrial[],
  { components, size }: Pick<CalibrationSummary, "components" | "size">,
): SmallestEffect[] {
  const ratios = trials.map(ratiosOf);
  const needed = ratios.flatMap((base, index) =>
    ratios.flatMap((head, other) =>
      index === other ? [] : [effectToBeFound(base, head, familyError, components.run)!],
    ),
  );
  const seen = quantile(ascending(needed), 0.95);
  const reach = (of: RunSize) => reachOfTest(components, of, familyError);
  const longer = budgets.filter((seconds) => seconds > own);
  const expected = longer.map((seconds) => {
    const replicas = replicasWithin(seconds, size.replicas);
    const rounds = (size.rounds * seconds * size.replicas) / (own * replicas);
    const scale = reach(size) === 0 ? 1 : reach({ replicas, rounds }) / reach(size);
    return { seconds, effect: seen * scale };
  });
  return [{ seconds: own, effect: seen }, ...expected];
}

function summarizeSlowdown(
  trials: readonly CalibrationTrial[],
  unslowed: readonly CalibrationTrial[],
  { slowdown, components }: { readonly slowdown: number; readonly components: VarianceComponents },
): SlowdownSummary {
  const ratios = trials.map(({ logRatios }) => overheadOfRounds(logRatios).ratio);
  const logs = ratios.map(Math.log);
  const [location, halfWidth] = [mean(logs), halfWidthOfMean(logs)];
  return {
    slowdown,
    measured: Math.expm1(location),
    interval:
      halfWidth === null
        ? null
        : [Math.expm1(location - halfWidth), Math.expm1(location + halfWidth)],
    covered: share(trials.map((trial) => covers(trial, slowdown))),
    found: share(
      trials.map((trial, index) => {
        const base = unslowed[index % unslowed.length]!;
        return verdictBetween(base, trial, components) === "regressed";
      }),
    ),
  };
}

/** The gate's verdict on two runs with one case each. */
function verdictBetween(
  base: CalibrationTrial,
  head: CalibrationTrial,
  { run }: VarianceComponents,
) {
  const change = ratioChange(ratiosOf(base), ratiosOf(head), run);
  return verdictsOf([change], [defaultThreshold])[0]!;
}

function isChange(verdict: ReturnType<typeof verdictBetween>): boolean {
  return verdict === "regressed" || verdict === "improved";
}

const ratiosOf = ({ logRatios }: CalibrationTrial): RatioReplicas => overheadOfRounds(logRatios);

function covers({ logRatios }: CalibrationTrial, slowdown: number): boolean {
  const [low, high] = overheadOfRounds(logRatios).interval!;
  return low <= 1 + slowdown && 1 + slowdown <= high;
}

function pairsOf<Item>(items: readonly Item[]): [Item, Item][] {
  return Array.from({ length: Math.floor(items.length / 2) }, (_, index) => [
    items[2 * index]!,
    items[2 * index + 1]!,
  ]);
}

function slowdownsOf({ trials }: CalibrationSubject): number[] {
  const all = new Set(trials.map(({ slowdown }) => slowdown));
  all.delete(0);
  return [...all].toSorted((a, b) => a - b);
}

function share(outcomes: readonly boolean[]): Share {
  const count = outcomes.filter(Boolean).length;
  return { count, of: outcomes.length, interval: wilsonInterval(count, outcomes.length) };
}

/** The number of suites that are drawn. */
const drawn = 10_000;

/**
 * The share of suites, in which nothing has changed, where the gate calls a change, or
 * null if a subject has too few trials. Each suite has two trials of every subject, drawn
 * anew without a slowdown, with the replicas that they had.
 */
export function falseAlarmsOfSuites(subjects: readonly CalibrationSubject[]): Share | null {
  const pools = subjects.map((subject) => {
    const ratios = trialsOf(subject, 0).map(ratiosOf);
    return { ratios, changeBetween: changesBetween(ratios, spreadOfTrials(subject)) };
  });
  if (pools.length === 0 || pools.some(({ ratios }) => ratios.length < fewestTrials)) return null;
  const random = seededRandom(1);
  const pick = (count: number) => Math.floor(random() * count);
  const thresholds = pools.map(() => defaultThreshold);
  const alarms = Array.from({ length: drawn }, () => {
    const changes = pools.map(({ ratios, changeBetween }) => {
      const base = pick(ratios.length);
      const head = (base + 1 + pick(ratios.length - 1)) % ratios.length;
      return changeBetween(base, head);
    });
    return verdictsOf(changes, thresholds).some(isChange);
  });
  return share(alarms);
}

/** Gives the change from one trial to another, each of which is worked out once. */
function changesBetween(
  trials: readonly RatioReplicas[],
  spread: ReturnType<typeof spreadOfTrials>,
): (base: number, head: number) => RatioChange | null {
  const known = new Map<string, RatioChange | null>();
  return (base, head) => {
    const key = `${base} ${head}`;
    if (!known.has(key)) {
      known.set(key, ratioChange(trials[base]!, trials[head]!, spread?.components.run ?? 0));
    }
    return known.get(key)!;
  };
}
