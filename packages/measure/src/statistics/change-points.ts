import { seededRandom, shuffled } from "./random.ts";
import { mean } from "./trimmed-mean.ts";

/** A place in a series where its level changes. */
export interface ChangePoint {
  /** The index of the first value of the new level. */
  readonly index: number;
  /** The mean of the values from the previous change point, or the start, up to this one. */
  readonly before: number;
  /** The mean of the values from this change point up to the next one, or the end. */
  readonly after: number;
}

interface ChangePointOptions {
  /** The fewest values that make a level. */
  readonly minLength: number;
  /** The probability of finding a change point in a series that has none. */
  readonly significance: number;
  /** The number of shuffled series with which a cut is compared. */
  readonly permutations: number;
}

const defaultOptions: ChangePointOptions = {
  minLength: 5,
  significance: 0.01,
  permutations: 199,
};

/**
 * Finds where a series changes its level, by E-divisive means (Matteson & James
 * 2014, "A nonparametric approach for multiple change point analysis of
 * multivariate data", JASA 109:334; for the results of benchmarks, Daly et al.
 * 2020, "The use of change point detection to identify software performance
 * regressions in a continuous integration system"). The cut at which the energy
 * distance of the two sides is largest is a change point where few shuffled
 * series have a cut that is as good; both sides are then searched in turn.
 *
 * @param values The series, in order of time.
 */
export function changePoints(
  values: readonly number[],
  options: ChangePointOptions = defaultOptions,
): ChangePoint[] {
  const cuts = findCuts(values, 0, options).toSorted((a, b) => a - b);
  const edges = [0, ...cuts, values.length];
  return cuts.map((index, at) => ({
    index,
    before: mean(values.slice(edges[at], index)),
    after: mean(values.slice(index, edges[at + 2])),
  }));
}

function findCuts(
  values: readonly number[],
  offset: number,
  options: ChangePointOptions,
): number[] {
  const { minLength, significance, permutations } = options;
  if (values.length < 2 * minLength) return [];
  const found = bestCut(values, minLength);
  const random = seededRandom(1);
  const allowed = significance * (permutations + 1) - 1;
  let asGood = 0;
  for (let trial = 0; trial < permutations && asGood <= allowed; trial++) {
    if (bestCut(shuffled(values, random), minLength).energy >= found.energy) asGood++;
  }
  if (asGood > allowed) return [];
  return [
    ...findCuts(values.slice(0, found.index), offset, options),
    offset + found.index,
    ...findCuts(values.slice(found.index), offset + found.index, options),
  ];
}

interface Cut {
  readonly index: number;
  /** The statistic Q of Matteson & James, with the exponent 1. */
  readonly energy: number;
}

/**
 * The cut with the largest energy distance. The cuts are tried from left to right:
 * as a value moves from the right side to the left, only its own distances change sides.
 */
function bestCut(values: readonly number[], minLength: number): Cut {
  const count = values.length;
  let withinLeft = 0;
  let withinRight = 0;
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) withinRight += Math.abs(values[i]! - values[j]!);
  }
  let between = 0;
  let best: Cut = { index: minLength, energy: -Infinity };
  for (let left = 1; left < count; left++) {
    const moved = values[left - 1]!;
    let toLeft = 0;
    for (let i = 0; i < left - 1; i++) toLeft += Math.abs(values[i]! - moved);
    let toRight = 0;
    for (let i = left; i < count; i++) toRight += Math.abs(values[i]! - moved);
    withinLeft += toLeft;
    withinRight -= toRight;
    between += toRight - toLeft;
    const right = count - left;
    if (left < minLength || right < minLength) continue;
    const energy =
      ((left * right) / count) *
      ((2 * between) / (left * right) -
        withinLeft / ((left * (left - 1)) / 2) -
        withinRight / ((right * (right - 1)) / 2));
    if (energy > best.energy) best = { index: left, energy };
  }
  return best;
}
