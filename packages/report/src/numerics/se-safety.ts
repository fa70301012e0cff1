import { parityHolds, ran, type RanCase, type RunRecord } from "@sebench/results";
import { caseNames, workLabel } from "../case/case-label.ts";
import { formatDifference } from "../text/format.ts";
import { placeInNetwork } from "./bisection-text.ts";

type Precision = RanCase["precision"];

const precisions: readonly Precision[] = ["fp32", "fp16", "int8"];

/** One runtime in one way of writing SE, and what each precision makes of it there. */
export interface SafetyRow {
  /** The runtime, its host where that needs to be said, and the lowering. */
  readonly place: string;
  readonly cells: Readonly<Record<Precision, string>>;
}

export const safetyColumns = [
  { title: "SE on", align: "left" },
  ...precisions.map((title) => ({ title, align: "left" }) as const),
] as const;

/**
 * Whether SE is safe, by runtime, way of writing it and precision: the worst of the cases there. There
 * are no rows where a run has nothing but fp32 and nothing is wrong.
 */
export function safetyRows(run: RunRecord): SafetyRow[] {
  const cases = run.cases.filter(ran);
  if (cases.every((record) => record.precision === "fp32" && parityHolds(record))) return [];
  const nameOf = caseNames(run.cases);
  const rows = new Map<string, RanCase[]>();
  for (const record of cases) {
    const place = `${nameOf(record).place}, as ${record.lowering}`;
    rows.set(place, [...(rows.get(place) ?? []), record]);
  }
  return Array.from(rows, ([place, own]) => {
    const cells = Object.fromEntries(
      precisions.map((precision) => {
        return [precision, cellOf(own.filter((record) => record.precision === precision))];
      }),
    ) as SafetyRow["cells"];
    return { place, cells };
  });
}

/** The cells of a row under `safetyColumns`. */
export function safetyCells({ place, cells }: SafetyRow): string[] {
  return [place, ...precisions.map((precision) => cells[precision])];
}

function cellOf(records: readonly RanCase[]): string {
  const [worst] = records.toSorted((a, b) => badnessOf(b) - badnessOf(a));
  if (worst === undefined) return "not tried";
  const { plain, se, tolerance } = worst.parity;
  const where = records.length === 1 ? "" : `, ${workLabel(worst)}`;
  if (se.pass) {
    return `safe: ${formatDifference(se.relative)} of ${formatDifference(tolerance)}${where}`;
  }
  const of = `${formatDifference(se.relative)} of ${formatDifference(tolerance)}${where}`;
  const { wrong } = worst.parity;
  const at = wrong?.member === "se" ? `, from ${placeInNetwork(wrong)} on` : "";
  // The twin of a file is held to a wider tolerance, and says nothing of what SE is to blame for.
  if (worst.weights.kind === "model") return `wrong: ${of}`;
  return plain.pass ? `NOT SAFE: ${of}${at}` : `wrong with SE and without: ${of}${at}`;
}

/** The error of SE over its tolerance; more than any number where parity is lost. */
function badnessOf({ parity: { se, tolerance } }: RanCase): number {
  const share = (se.relative ?? Infinity) / tolerance;
  return se.pass ? share : 1e9 + share;
}

/** What the table says, in a sentence. */
export const safetyWords =
  "How far the logits with SE are from the oracle's, of what the precision tolerates, on the images of this run: the worst case of each runtime and way of writing SE. NOT SAFE means that the plain network is right there and SE is not.";
