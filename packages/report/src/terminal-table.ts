import { type CaseRecord, type OkCase, parityHolds, type RunRecord } from "@sebench/results";
import picocolors from "picocolors";
import { caseLabels, workLabel } from "./case/case-label.ts";
import { parityText } from "./case/correctness.ts";
import { loweringSentences } from "./run/lowering-gain.ts";
import { servedCases, servingSentences } from "./run/served-case.ts";
import { outcomesOf } from "./run/outcome.ts";
import { precisionSentences } from "./run/precision-cost.ts";
import {
  caseVerdict,
  formatStep,
  incompleteness,
  sentencesOf,
  tally,
  verdictsOf,
} from "./run/verdict.ts";
import { budgetSentences } from "./sections/budgets.ts";
import { formatMs, formatOverheadWithin } from "./text/format.ts";
import { oneLine } from "@sebench/spec";
import {
  type Cell,
  type Column,
  type TerminalOptions,
  textTable,
  wrapText,
} from "./text/text-table.ts";

type Colors = ReturnType<typeof picocolors.createColors>;
type Label = (record: CaseRecord) => string;

const columns: readonly Column[] = [
  { title: "runtime", align: "left" },
  { title: "network", align: "left" },
  { title: "px", align: "right" },
  { title: "batch", align: "right" },
  { title: "plain p50", align: "right" },
  { title: "SE p50", align: "right" },
  { title: "overhead, 95 %", align: "right" },
  { title: "parity", align: "left" },
];

/**
 * The text that `bench run` ends with: a row for each case, what the rows mean, and what did not
 * run.
 */
export function terminalTable(run: RunRecord, options: TerminalOptions): string {
  const colors = picocolors.createColors(options.color);
  const label = caseLabels(run.cases);
  const { right, wrong } = outcomesOf(run);
  const ok = run.cases.filter((record) => record.status === "ok");
  const verdicts = [...right, ...wrong].map((record) => `- ${caseVerdict(record, label)}`);
  const note = incompleteness(run);
  const parts = [
    ok.length === 0 ? "" : measuredTable(ok, label, options.width, colors),
    list(verdicts, options.width),
    list(answers(run), options.width),
    list(loweringSentences(run), options.width),
    list(precisionSentences(run, label), options.width),
    list(
      servedCases(run).flatMap((record) => servingSentences(record, label)),
      options.width,
    ),
    list(budgetSentences(run), options.width),
    list(notMeasured(run, label), options.width),
    [`${tally(run)}.`, ...(note ? [note] : [])].join(" "),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function measuredTable(ok: readonly OkCase[], label: Label, width: number, colors: Colors): string {
  const rows = ok.map((record) => measuredRow(record, label, colors));
  return (
    textTable(columns, rows, { width, paintTitle: colors.dim }) ??
    ok.map((record) => stackedRow(record, label, colors)).join("\n")
  );
}

function measuredRow(record: OkCase, label: Label, colors: Colors): Cell[] {
  const { plain, se } = record.members;
  const { ratio, interval } = record.overhead;
  const holds = parityHolds(record);
  return [
    { text: runtimeText(record, label) },
    { text: record.network },
    { text: String(record.imageSize) },
    { text: String(record.batch) },
    { text: formatMs(plain.latencyMs.p50, plain.latencyMs.p50Interval) },
    { text: formatMs(se.latencyMs.p50, se.latencyMs.p50Interval) },
    { text: formatOverheadWithin(ratio, interval), paint: holds ? colors.bold : colors.dim },
    parityCell(record, colors),
  ];
}

/** A case in three lines, for a terminal in which the table does not fit. */
function stackedRow(record: OkCase, label: Label, colors: Colors): string {
  const { ratio, interval } = record.overhead;
  const { text, paint } = parityCell(record, colors);
  return [
    colors.bold(runtimeText(record, label)),
    `  ${workLabel(record)}`,
    `  ${formatStep(record)}, ${formatOverheadWithin(ratio, interval)}, parity ${paint(text)}`,
  ].join("\n");
}

function parityCell(record: OkCase, colors: Colors) {
  return { text: parityText(record), paint: parityHolds(record) ? colors.green : colors.red };
}

function runtimeText(record: OkCase, label: Label): string {
  return record.attestation.software ? `${label(record)} (software GPU)` : label(record);
}

function answers(run: RunRecord): string[] {
  return verdictsOf(run).map((verdict) => `${verdict.work}: ${sentencesOf(verdict).join(" ")}`);
}

function notMeasured(run: RunRecord, label: Label): string[] {
  const { failed, unavailable } = outcomesOf(run);
  return [...failed, ...unavailable].map((record) => {
    const remedy = record.remedy === null ? "" : ` Remedy: ${oneLine(record.remedy)}.`;
    const { reason, status } = record;
    return `${label(record)} for ${workLabel(record)} ${status === "failed" ? "failed" : "is unavailable"}: ${oneLine(reason)}.${remedy}`;
  });
}

function list(items: readonly string[], width: number): string {
  return items.map((item) => wrapText(item, width, "  ")).join("\n");
}
