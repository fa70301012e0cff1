import type {
  CaseComparison,
  CaseSummary,
  Comparison,
  Quantity,
  QuantityChange,
  ServedChange,
  Verdict,
} from "@sebench/results";
import { runtimeName, workName } from "../case/case-label.ts";
import { percent } from "../case/certainty.ts";
import { limitText } from "../run/served-case.ts";
import {
  formatChange,
  formatLevel,
  formatMs,
  formatNumberOf,
  formatOverheadWithin,
  formatRate,
} from "../text/format.ts";

/** A line of a comparison, in words. */
export interface ComparisonRow {
  /** The runtime, with its host where that is not the usual one: `onnxruntime-node/cpu on bun`. */
  readonly runtime: string;
  /** The network with its size and batch: `se-resnet50, 224 px, batch 1`. */
  readonly work: string;
  readonly quantity: string;
  readonly base: string;
  readonly head: string;
  /** The change with its 95 % interval. */
  readonly change: string;
  readonly verdict: Verdict | typeof unjudged;
  /** The other changes of the case: `parity lost: ...`. */
  readonly notes: readonly string[];
}

/** What stands in place of a verdict on what has no known noise. */
const unjudged = "not judged";

/** The verdicts in the order of their urgency. */
const urgency: readonly ComparisonRow["verdict"][] = [
  "regressed",
  "improved",
  "cannot tell",
  "same",
  unjudged,
];

const quantityNames: Readonly<Record<Quantity, string>> = {
  overhead: "overhead",
  gain: "time against the naive form",
  plain: "plain p50",
  se: "SE p50",
};

const absent = "–";

/**
 * The rows of the overhead of each case, the most urgent first, with the cases that could not be
 * compared.
 */
export function caseRows({ cases }: Comparison): ComparisonRow[] {
  return cases
    .map((each) => {
      const overhead = each.changes.find(({ quantity }) => quantity === "overhead");
      return { ...rowOf(each, overhead), verdict: each.verdict };
    })
    .toSorted((a, b) => urgency.indexOf(a.verdict) - urgency.indexOf(b.verdict));
}

/** The rows of the other quantities that could be compared, last those that are not judged. */
export function otherRows({ cases }: Comparison): ComparisonRow[] {
  return cases
    .flatMap((each) => [
      ...each.changes
        .filter(({ quantity }) => quantity !== "overhead")
        .map((change) => rowOf({ ...each, findings: [] }, change)),
      ...each.served.map((served) => servedRow(each, served)),
    ])
    .toSorted((a, b) => urgency.indexOf(a.verdict) - urgency.indexOf(b.verdict));
}

function rowOf(each: CaseComparison, compared: QuantityChange | undefined): ComparisonRow {
  const quantity = compared?.quantity ?? "overhead";
  return {
    runtime: runtimeName(each),
    work: workName(each),
    quantity: quantityNames[quantity],
    base: figureOf(each.base, quantity),
    head: figureOf(each.head, quantity),
    change: compared?.change
      ? formatChange(compared.change.ratio, compared.change.interval)
      : absent,
    verdict: compared?.verdict ?? "cannot tell",
    notes: [
      ...each.findings.map(({ kind, text }) => `${kind}: ${text}`),
      ...(each.base?.proof && each.head?.proof && each.verdict === "same"
        ? ["neither run timed it; parity and device are the same"]
        : []),
    ],
  };
}

function servedRow(each: CaseComparison, { member, limit, base, head }: ServedChange) {
  const who = member === "se" ? "SE" : "plain";
  const quantity =
    limit === null ? `${who}, images/s offline` : `${who}, requests/s with ${limitText(limit)}`;
  const figure = (rate: number | null) => (rate === null ? "none" : formatRate(rate));
  return {
    runtime: runtimeName(each),
    work: workName(each),
    quantity,
    base: figure(base),
    head: figure(head),
    change: base === null || head === null ? absent : formatLevel(head / base),
    verdict: unjudged,
    notes: [],
  } satisfies ComparisonRow;
}

function figureOf(summary: CaseSummary | null, quantity: Quantity): string {
  const measured = summary?.measured;
  if (!measured) return summary?.status ?? absent;
  switch (quantity) {
    case "overhead":
      return formatOverheadWithin(measured.overhead.ratio, measured.overhead.interval);
    case "gain":
      return measured.gain ? formatLevel(measured.gain.ratio) : absent;
    case "plain":
    case "se":
      return formatMs(measured.latencyMs[quantity].p50);
  }
}

/** The number of cases by verdict: `1 regressed, 2 improved, 12 the same, 1 cannot be told`. */
export function verdictTally({ cases }: Comparison): string {
  const verdicts: readonly Verdict[] = urgency.filter((verdict) => verdict !== unjudged);
  const counts = verdicts.map((verdict) => cases.filter((each) => each.verdict === verdict).length);
  const [regressed, improved, untold, same] = counts as [number, number, number, number];
  return [
    formatNumberOf(regressed, "regressed"),
    formatNumberOf(improved, "improved"),
    formatNumberOf(same, "the same"),
    formatNumberOf(untold, "cannot be told"),
  ].join(", ");
}

/** The sentences that say which runs were compared. */
export function comparisonFacts({
  base,
  head,
  threshold,
  sameMachine,
  cases,
}: Comparison): string[] {
  const name = ({ run, branch, commit }: Comparison["base"]) =>
    [
      run,
      ...(branch === null ? [] : [`branch ${branch}`]),
      ...(commit === null ? [] : [commit.slice(0, 10)]),
    ].join(", ");
  const thresholds = cases.flatMap(({ changes }) => changes.map((each) => each.threshold));
  const highest = Math.max(threshold, ...thresholds);
  return [
    `Base: ${name(base)}. Head: ${name(head)}.`,
    `Threshold ${percent(threshold)}${highest > threshold ? `, up to ${percent(highest)} where the noise floor is higher` : ""}; false alarms in at most 1 % of comparisons without a change.`,
    ...(cases.some(({ served }) => served.length > 0)
      ? [
          "What a server meets is not judged: how its rates vary from run to run is not known, and a search finds them to 5 %.",
        ]
      : []),
    sameMachine
      ? "Both ran on one machine; latencies are compared where it was calibrated."
      : "They ran on different machines, so latencies are not compared.",
  ];
}
