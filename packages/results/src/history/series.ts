import { type ChangePoint, changePoints } from "@sebench/measure";
import { groupBy } from "../record/group-by.ts";
import type { CaseSummary, MeasuredSummary } from "./case-summary.ts";

export interface SeriesPoint {
  readonly run: string;
  readonly started: string;
  readonly commit: string | null;
  readonly branch: string | null;
  readonly measured: MeasuredSummary;
}

/** A case on one machine, from run to run. */
export interface Series {
  readonly machine: string;
  readonly id: string;
  /** The runs of the case that have figures, in order of time. */
  readonly points: readonly SeriesPoint[];
  /** The changes of the overhead's ratio, with indices into `points`. */
  readonly changes: readonly ChangePoint[];
}

/**
 * The most points, from the last back, in which changes are looked for, since the search
 * takes the square of their number.
 */
const searched = 500;

/** The series of a history, in the order in which the history first names them. */
export function seriesOf(records: readonly CaseSummary[]): Series[] {
  const groups = groupBy(records, ({ machine, id }) => `${machine} ${id}`);
  return [...groups.values()].flatMap((group) => {
    const points = group.flatMap(({ run, started, commit, branch, measured }) =>
      measured === null ? [] : [{ run, started, commit, branch, measured }],
    );
    if (points.length === 0) return [];
    points.sort((a, b) => (a.started < b.started ? -1 : 1));
    const { machine, id } = group[0]!;
    return [{ machine, id, points, changes: changesOf(points) }];
  });
}

function changesOf(points: readonly SeriesPoint[]): ChangePoint[] {
  const offset = Math.max(0, points.length - searched);
  const logarithms = points.slice(offset).map(({ measured }) => Math.log(measured.overhead.ratio));
  return changePoints(logarithms).map(({ index, before, after }) => ({
    index: offset + index,
    before: Math.exp(before),
    after: Math.exp(after),
  }));
}
