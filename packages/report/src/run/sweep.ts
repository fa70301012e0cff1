import {
  type CaseRecord,
  type OkCase,
  parityHolds,
  ran,
  type RanCase,
  type RunRecord,
} from "@sebench/results";
import { oneLine } from "@sebench/spec";

/** The part of a case that a sweep goes through. */
type SweptPart = "imageSize" | "batch";

/** A case that a sweep may have: a model without SE has no pair to follow. */
type SweptCase = Exclude<CaseRecord, { readonly status: "alone" }>;

/** Cases that differ in nothing but their size or their batch, from the least to the greatest. */
export interface Sweep {
  readonly part: SweptPart;
  readonly cases: readonly SweptCase[];
}

/** The fewest points that make a sweep. */
const fewest = 3;

const other: Readonly<Record<SweptPart, SweptPart>> = { imageSize: "batch", batch: "imageSize" };

/** The sweeps of a run: over sizes first, each in the order of the run. */
export function sweepsOf({ cases }: RunRecord): Sweep[] {
  return (["imageSize", "batch"] as const).flatMap((part) => {
    const alike = new Map<string, SweptCase[]>();
    for (const record of cases) {
      if (record.status === "alone" || record.status === "unavailable") continue;
      const { runtime, host, network, precision, lowering } = record;
      const fixed = record[other[part]];
      const key = [runtime, host, network, precision, lowering, fixed].join("|");
      alike.set(key, [...(alike.get(key) ?? []), record]);
    }
    return [...alike.values()]
      .filter(({ length }) => length >= fewest)
      .map((own) => ({ part, cases: own.toSorted((a, b) => a[part] - b[part]) }));
  });
}

/** A point of a sweep in words: `256 px`, `batch 8`. */
export function pointText(part: SweptPart, record: SweptCase): string {
  return part === "imageSize" ? `${record.imageSize} px` : `batch ${record.batch}`;
}

/** The work that all cases of a sweep have in common, in words: `se-resnet50, batch 1`. */
export function sweepWork({ part, cases }: Sweep): string {
  const [first] = cases as readonly [SweptCase];
  return `${first.network}, ${pointText(other[part], first)}`;
}

/** The cases of a sweep that were timed. */
export function timedPoints({ cases }: Sweep): OkCase[] {
  return cases.filter((record) => record.status === "ok");
}

/** The cases of a sweep whose parity was looked at. */
export function provenPoints({ cases }: Sweep): RanCase[] {
  return cases.filter(ran);
}

/** The sentences that say at which points parity breaks, and which points did not run. */
export function breakSentences(sweep: Sweep): string[] {
  const { part, cases } = sweep;
  const failed = cases.filter((record) => record.status === "failed");
  return [
    ...paritySentence(sweep),
    ...failed.map(
      (record) => `It does not run at ${pointText(part, record)}: ${oneLine(record.reason)}.`,
    ),
  ];
}

function paritySentence(sweep: Sweep): string[] {
  const { part } = sweep;
  const proven = provenPoints(sweep);
  if (proven.length === 0) return [];
  const wrong = proven.filter((record) => !parityHolds(record));
  const [first] = wrong;
  if (first === undefined) return [`Parity holds at all ${proven.length} points that ran.`];
  const last = proven.findLast((record) => record[part] < first[part]);
  const held = last === undefined ? "" : `; it holds up to ${pointText(part, last)}`;
  const points = wrong.map((record) => pointText(part, record)).join(", ");
  return [`Parity breaks at ${points}${held}.`];
}

/** The sentences about all sweeps of a run, which tell where parity breaks. */
export function sweepSentences(run: RunRecord, label: (record: CaseRecord) => string): string[] {
  return sweepsOf(run).map((sweep) => {
    const { part, cases } = sweep;
    const [first, last] = [cases[0]!, cases.at(-1)!];
    const span = `from ${pointText(part, first)} to ${pointText(part, last)}`;
    return `${sweepWork(sweep)} on ${label(first)}, ${span}: ${breakSentences(sweep).join(" ")}`;
  });
}
