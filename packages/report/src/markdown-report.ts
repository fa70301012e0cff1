import { type OkCase, parityHolds, type RunRecord } from "@sebench/results";
import { accuracyCells, accuracyColumns, accuracyPlace, labelledCases } from "./accuracy-text.ts";
import { budgetBlocks } from "./budgets/budget-section.ts";
import { caseLabels, workLabel } from "./case-label.ts";
import { formatMoment, formatMs, formatOverhead, formatOverheadWithin } from "./format.ts";
import { machineFacts } from "./machine-facts.ts";
import { loweringCells, loweringColumns, loweringGains } from "./lowering-gain.ts";
import { codeSpan, details, escapeMarkdown, markdownTable } from "./markdown.ts";
import { methodSteps } from "./method.ts";
import { outcomesOf } from "./outcome.ts";
import { paperGains } from "./paper-gain.ts";
import { parityText } from "./parity-text.ts";
import { precisionCells, precisionColumns, precisionCosts } from "./precision-cost.ts";
import { incompleteness, tally, verdictsOf } from "./verdict.ts";
import { weightsFacts } from "./weights-facts.ts";

const columns = [
  { title: "Runtime", align: "left" },
  { title: "Network", align: "left" },
  { title: "Plain p50", align: "right" },
  { title: "SE p50", align: "right" },
  { title: "Overhead, 95 %", align: "right" },
  { title: "Parity", align: "left" },
] as const;

/** Fit for the summary of a CI job or a comment on a pull request. */
export function markdownReport(run: RunRecord): string {
  const note = incompleteness(run);
  const ok = run.cases.filter((record) => record.status === "ok");
  const label = caseLabels(run.cases);
  const blocks = [
    "## What squeeze-and-excitation costs here",
    ...(note === null ? [] : [`**${note}**`]),
    ...(ok.length === 0 ? ["Nothing could be measured."] : [answers(run)]),
    ...(ok.length === 0
      ? []
      : [
          markdownTable(
            columns,
            ok.map((record) => measuredRow(record, label(record))),
          ),
        ]),
    `${tally(run)}. Figures in brackets are 95 % intervals.`,
    ...budgetBlocks(run),
    ...lowerings(run),
    ...boughtInThePaper(ok),
    ...accuracies(run),
    ...precisions(run),
    ...notMeasured(run),
    details("How the numbers came to be", methodSteps.map((step) => `- ${step}`).join("\n")),
    details("Machine, and how to run it again", provenance(run)),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function answers(run: RunRecord): string {
  return verdictsOf(run)
    .map(({ work, sentences }) => `- **${escapeMarkdown(work)}**: ${sentences.join(" ")}`)
    .join("\n");
}

function measuredRow(record: OkCase, name: string): string[] {
  const { plain, se } = record.members;
  const { ratio, interval } = record.overhead;
  return [
    escapeMarkdown(record.attestation.software ? `${name} (software GPU)` : name),
    escapeMarkdown(workLabel(record)),
    formatMs(plain.latencyMs.p50, plain.latencyMs.p50Interval),
    formatMs(se.latencyMs.p50, se.latencyMs.p50Interval),
    formatOverheadWithin(ratio, interval),
    parityHolds(record) ? parityText(record) : `**${parityText(record)}**`,
  ];
}

const paperColumns = [
  { title: "Network", align: "left" },
  { title: "Overhead here", align: "left" },
  { title: "In the paper (SENet v4)", align: "left" },
] as const;

/** What SE costs here beside what it bought in the paper, for the networks that it has. */
function boughtInThePaper(ok: readonly OkCase[]): string[] {
  const label = caseLabels(ok);
  const right = ok.filter(parityHolds);
  const rows = [...new Set(right.map(({ network }) => network))].flatMap((network) => {
    const gains = paperGains(network);
    const costs = right
      .filter((record) => record.network === network)
      .map(
        (record) =>
          `${formatOverhead(record.overhead.ratio, record.overhead.interval)} ${label(record)}`,
      );
    const cells = [network, costs.join("; "), gains.join("; ")];
    return gains.length === 0 ? [] : [cells.map(escapeMarkdown)];
  });
  return rows.length === 0
    ? []
    : [details("What SE bought in the paper", markdownTable(paperColumns, rows))];
}

function accuracies({ cases }: RunRecord): string[] {
  const labelled = labelledCases(cases.filter((record) => record.status === "ok"));
  if (labelled.length === 0) return [];
  const label = caseLabels(cases);
  const rows = labelled.map((each) =>
    [accuracyPlace(each, label), ...accuracyCells(each)].map(escapeMarkdown),
  );
  const note =
    "Labelled images, the first test images of the data set, by the sessions that were timed. Won and lost are images that only the runtime or only the oracle has right; p is McNemar's, exact.";
  return ["### Is the answer still right?", markdownTable(accuracyColumns, rows), note];
}

function lowerings(run: RunRecord): string[] {
  const gains = loweringGains(run);
  if (gains.length === 0) return [];
  const rows = gains.map((gain) => loweringCells(gain).map(escapeMarkdown));
  return ["### What lowering does", markdownTable(loweringColumns, rows)];
}

function precisions(run: RunRecord): string[] {
  const costs = precisionCosts(run);
  if (costs.length === 0) return [];
  const label = caseLabels(run.cases);
  const rows = costs.map((cost) => precisionCells(cost, label).map(escapeMarkdown));
  return ["### What precision costs", markdownTable(precisionColumns, rows)];
}

function notMeasured(run: RunRecord): string[] {
  const { failed, unavailable } = outcomesOf(run);
  const label = caseLabels(run.cases);
  const items = [...failed, ...unavailable].map((record) => {
    const place = escapeMarkdown(`${label(record)} for ${workLabel(record)}`);
    const remedy = record.remedy === null ? "" : `. Remedy: ${codeSpan(record.remedy)}`;
    return `- ${place} **${record.status}**: ${codeSpan(record.reason)}${remedy}`;
  });
  return items.length === 0 ? [] : ["### What did not run", items.join("\n")];
}

function provenance(record: RunRecord): string {
  const { run, machine } = record;
  const commit = run.git && `, commit ${run.git.commit}${run.git.dirty ? " with changes" : ""}`;
  return [
    ...[...machineFacts(machine), ...weightsFacts(record)].map(
      ([term, fact]) => `- ${term}: ${escapeMarkdown(fact)}`,
    ),
    `- Run: ${codeSpan(run.command)}, ${formatMoment(run.started)}, seed ${run.seed}, sebench ${escapeMarkdown(run.sebench)}${commit ?? ""}`,
  ].join("\n");
}
