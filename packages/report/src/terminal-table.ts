import {
  type CaseRecord,
  type OkCase,
  parityHolds,
  type RanCase,
  type RunRecord,
  type UntimedCase,
} from "@sebench/results";
import picocolors from "picocolors";
import { caseLabels, workLabel } from "./case/case-label.ts";
import { parityText } from "./case/correctness.ts";
import { wrongOutputs } from "./numerics/wrong-output.ts";
import { aloneSentences } from "./run/alone.ts";
import { loweringSentences } from "./run/lowering-gain.ts";
import { servedCases, servingSentences } from "./run/served-case.ts";
import { placeSentences } from "./run/node-places.ts";
import { inReportOrder, outcomesOf } from "./run/outcome.ts";
import { precisionSentences } from "./run/precision-cost.ts";
import { softwareRow, untimedSentences } from "./run/software-gpu.ts";
import { sweepSentences } from "./run/sweep.ts";
import {
  caseVerdict,
  formatStep,
  incompleteness,
  sentencesOf,
  tally,
  verdictsOf,
  wrongUntimedSentences,
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
export function terminalTable(recorded: RunRecord, options: TerminalOptions): string {
  const run = inReportOrder(recorded);
  const colors = picocolors.createColors(options.color);
  const label = caseLabels(run.cases);
  const { right, wrong, untimed } = outcomesOf(run);
  const ok = run.cases.filter((record) => record.status === "ok");
  const verdicts = [
    ...[...right, ...wrong].map((of) => caseVerdict(of, label)),
    ...wrongUntimedSentences(run),
  ].map((sentence) => `- ${sentence}`);
  const note = incompleteness(run);
  const parts = [
    ok.length === 0 ? "" : measuredTable(ok, label, options.width, colors),
    untimedTable(untimed, label, options.width, colors),
    list(untimedSentences(untimed), options.width),
    list(verdicts, options.width),
    list(
      wrongOutputs(run).map(
        ({ sentence, command }) =>
          `- ${sentence}${command === null ? "" : ` To look closer: \`${command}\`.`}`,
      ),
      options.width,
    ),
    list(answers(run), options.width),
    list(
      aloneSentences(run).map((sentence) => `- ${sentence}`),
      options.width,
    ),
    list(loweringSentences(run), options.width),
    list(precisionSentences(run, label), options.width),
    list(
      servedCases(run).flatMap((served) => servingSentences(served, label)),
      options.width,
    ),
    list(sweepSentences(run, label), options.width),
    list(placeSentences(run, label), options.width),
    list(budgetSentences(run), options.width),
    list(notMeasured(run, label), options.width),
    wrapText([`${tally(run)}.`, ...(note ? [note] : [])].join(" "), options.width, "  "),
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

const untimedColumns: readonly Column[] = [
  { title: "not timed", align: "left" },
  { title: "network", align: "left" },
  { title: "px", align: "right" },
  { title: "batch", align: "right" },
  { title: "proven device", align: "left" },
  { title: "first run plain", align: "right" },
  { title: "first run SE", align: "right" },
  { title: "prepared first", align: "left" },
  { title: "parity", align: "left" },
];

/** What cases prove that were not timed, beneath those that were. */
function untimedTable(
  untimed: readonly UntimedCase[],
  label: Label,
  width: number,
  colors: Colors,
): string {
  if (untimed.length === 0) return "";
  const rows = untimed.map((record): Cell[] => {
    const { runtime, device, firstRun, preparedFirst } = softwareRow(record, label);
    return [
      { text: runtime },
      { text: record.network },
      { text: String(record.imageSize) },
      { text: String(record.batch) },
      { text: device },
      { text: firstRun.plain },
      { text: firstRun.se },
      { text: preparedFirst },
      parityCell(record, colors),
    ];
  });
  const table = textTable(untimedColumns, rows, { width, paintTitle: colors.dim });
  return table ?? untimed.map((record) => stackedUntimed(record, label, colors)).join("\n");
}

function stackedUntimed(record: UntimedCase, label: Label, colors: Colors): string {
  const { runtime, work, device, firstRun, preparedFirst } = softwareRow(record, label);
  const { text, paint } = parityCell(record, colors);
  return [
    colors.bold(runtime),
    `  ${work}`,
    `  not timed, ${device} proven, parity ${paint(text)}`,
    `  first run ${firstRun.plain} plain, ${firstRun.se} SE; prepared first: ${preparedFirst}`,
  ].join("\n");
}

function parityCell(record: RanCase, colors: Colors) {
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
