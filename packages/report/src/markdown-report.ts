import { type OkCase, parityHolds, type RunRecord } from "@sebench/results";
import { safetyCells, safetyColumns, safetyRows, safetyWords } from "./numerics/se-safety.ts";
import { wrongOutputs } from "./numerics/wrong-output.ts";
import { caseLabels, workLabel } from "./case/case-label.ts";
import {
  accuracyCells,
  accuracyColumns,
  accuracyPlace,
  labelledCases,
  parityText,
} from "./case/correctness.ts";
import { aloneSentences } from "./run/alone.ts";
import { headlinesOf } from "./run/headline.ts";
import {
  activationSentences,
  loweringCells,
  loweringColumns,
  loweringGains,
} from "./run/lowering-gain.ts";
import { inReportOrder, outcomesOf } from "./run/outcome.ts";
import { paperGains } from "./run/paper-gain.ts";
import { precisionCells, precisionColumns, precisionCosts } from "./run/precision-cost.ts";
import { servedCases, servingCells, servingColumns, servingSentences } from "./run/served-case.ts";
import { startCells, startColumns, startedIn } from "./run/started-member.ts";
import { hostFacts, methodSteps, machineFacts, weightsFacts } from "./run/provenance.ts";
import { softwareCases, softwareRow, untimedSentences } from "./run/software-gpu.ts";
import {
  incompleteness,
  nothingTimed,
  tally,
  verdictsOf,
  wrongUntimedSentences,
} from "./run/verdict.ts";
import { budgetBlocks } from "./sections/budgets.ts";
import { placesBlocks } from "./sections/provenance.ts";
import { sweepBlocks } from "./sections/sweeps.ts";
import {
  formatMoment,
  formatMs,
  formatNumberOf,
  formatOverhead,
  formatOverheadWithin,
} from "./text/format.ts";
import { codeSpan, details, escapeMarkdown, markdownTable } from "./text/markdown.ts";

const columns = [
  { title: "Runtime", align: "left" },
  { title: "Network", align: "left" },
  { title: "Plain p50", align: "right" },
  { title: "SE p50", align: "right" },
  { title: "Overhead, 95 %", align: "right" },
  { title: "Parity", align: "left" },
] as const;

/** The report of a run in Markdown, for the summary of a CI job or a comment on a pull request. */
export function markdownReport(record: RunRecord): string {
  const run = inReportOrder(record);
  const note = incompleteness(run);
  const ok = run.cases.filter((each) => each.status === "ok");
  const label = caseLabels(run.cases);
  const blocks = [
    "## What squeeze-and-excitation costs here",
    ...(note === null ? [] : [`**${note}**`]),
    ...(ok.length === 0 ? [nothingTimed(run)] : [answers(run)]),
    ...wrongUntimedSentences(run).map((sentence) => `**${escapeMarkdown(sentence)}**`),
    ...measured(ok, label),
    ...wrongOutputs(run).map(
      ({ sentence, command }) =>
        `- ${escapeMarkdown(sentence)}${command === null ? "" : ` To look closer: \`${command}\`.`}`,
    ),
    ...aloneSentences(run).map((sentence) => `- ${escapeMarkdown(sentence)}`),
    ...softwareGpus(run),
    `${tally(run)}. Figures in brackets are 95 % intervals.`,
    ...budgetBlocks(run),
    ...lowerings(run),
    ...boughtInThePaper(ok),
    ...accuracies(run),
    ...safety(run),
    ...precisions(run),
    ...sweepBlocks(run),
    ...servers(run),
    ...firstVisitors(run),
    ...placesBlocks(run),
    ...notMeasured(run),
    details("How the numbers came to be", methodSteps.map((step) => `- ${step}`).join("\n")),
    details("Machine, and how to run it again", provenance(run)),
  ];
  return `${blocks.join("\n\n")}\n`;
}

/**
 * A list with an item for each work: its headline, and what labelled images and the calibration
 * say of it.
 */
function answers(run: RunRecord): string {
  const verdicts = verdictsOf(run);
  return headlinesOf(run)
    .map(({ ranking, fastest, cost, browser, warnings }, index) => {
      const { accuracy, noise } = verdicts[index]!;
      const sentences = [
        escapeMarkdown([fastest, ...(cost === null ? [] : [cost])].join(" ")),
        ...(browser === null ? [] : [escapeMarkdown(`Browser against Node: ${browser}`)]),
        ...warnings.map((warning) => `**${escapeMarkdown(warning)}**`),
        ...[...accuracy.filter((sentence) => !warnings.includes(sentence)), ...noise].map(
          escapeMarkdown,
        ),
      ];
      return `- **${escapeMarkdown(ranking.work)}**: ${sentences.join(" ")}`;
    })
    .join("\n");
}

/** The table of all cases that were timed, without what the CPU did as a GPU. */
function measured(ok: readonly OkCase[], label: (record: OkCase) => string): string[] {
  const others = ok.filter(({ attestation }) => !attestation.software);
  return others.length === 0 ? [] : [measuredTable(others, label)];
}

function measuredTable(cases: readonly OkCase[], label: (record: OkCase) => string): string {
  return markdownTable(
    columns,
    cases.map((record) => measuredRow(record, label(record))),
  );
}

const softwareColumns = [
  { title: "Runtime", align: "left" },
  { title: "Network", align: "left" },
  { title: "Proven device", align: "left" },
  { title: "Played by", align: "left" },
  { title: "Parity", align: "left" },
  { title: "First run, plain", align: "right" },
  { title: "First run, SE", align: "right" },
  { title: "Prepared first", align: "left" },
] as const;

/** What software GPUs prove, folded away. */
function softwareGpus(run: RunRecord): string[] {
  const cases = softwareCases(run);
  if (cases.length === 0) return [];
  const label = caseLabels(run.cases);
  const rows = cases.map((record) => {
    const { runtime, work, device, playedBy, parity, right, firstRun, preparedFirst } = softwareRow(
      record,
      label,
    );
    const cells = [runtime, work, device, playedBy].map(escapeMarkdown);
    const times = [firstRun.plain, firstRun.se, preparedFirst];
    return [...cells, right ? parity : `**${parity}**`, ...times];
  });
  const timed = cases.filter((record) => record.status === "ok");
  const parts = [
    markdownTable(softwareColumns, rows),
    ...untimedSentences(cases).map(escapeMarkdown),
    ...(timed.length === 0 ? [] : [measuredTable(timed, label)]),
  ];
  const number = formatNumberOf(cases.length, "case", "cases");
  const summary = `Software GPUs (${number}): they prove parity and device, and their times are a CPU's`;
  return [details(summary, parts.join("\n\n"))];
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

/**
 * The table of what SE costs here beside what it bought in the paper, for the networks that the
 * paper has.
 */
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
  const ofModels = activationSentences(run).map(escapeMarkdown);
  if (gains.length === 0) return ofModels;
  const rows = gains.map((gain) => loweringCells(gain).map(escapeMarkdown));
  return ["### What lowering does", markdownTable(loweringColumns, rows), ...ofModels];
}

function precisions(run: RunRecord): string[] {
  const costs = precisionCosts(run);
  if (costs.length === 0) return [];
  const label = caseLabels(run.cases);
  const rows = costs.map((cost) => precisionCells(cost, label).map(escapeMarkdown));
  return ["### What precision costs", markdownTable(precisionColumns, rows)];
}

function safety(run: RunRecord): string[] {
  const rows = safetyRows(run).map((row) => safetyCells(row).map(escapeMarkdown));
  if (rows.length === 0) return [];
  return ["### Is SE safe here?", safetyWords, markdownTable(safetyColumns, rows)];
}

function servers(run: RunRecord): string[] {
  const served = servedCases(run);
  if (served.length === 0) return [];
  const label = caseLabels(run.cases);
  const items = served.flatMap((record) => servingSentences(record, label));
  const rows = served.flatMap((record) => servingCells(record, label));
  const note =
    "Requests a second, which arrive by a Poisson process in an open loop; a latency counts from the time at which a request was due. The report has each rate that was tried, and the curves.";
  return [
    "### As a server meets it",
    items.map((item) => `- ${escapeMarkdown(item)}`).join("\n"),
    ...(rows.length === 0
      ? []
      : [
          markdownTable(
            servingColumns,
            rows.map((row) => row.map(escapeMarkdown)),
          ),
          note,
        ]),
  ];
}

function firstVisitors(run: RunRecord): string[] {
  const { started } = startedIn(run);
  if (started.length === 0) return [];
  const label = caseLabels(run.cases);
  const rows = started.map((each) => startCells(each, label).map(escapeMarkdown));
  const note =
    "Medians over fresh processes and fresh browsers, with a warm file cache and without a network; memory beyond that before the engine was loaded. The download is after brotli; the time marked ≈ is worked out from it.";
  return [
    details(
      "What the first visitor waits for",
      [markdownTable(startColumns, rows), note].join("\n\n"),
    ),
  ];
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
    ...[...machineFacts(machine), ...weightsFacts(record), ...hostFacts(record.cases)].map(
      ([term, fact]) => `- ${escapeMarkdown(term)}: ${escapeMarkdown(fact)}`,
    ),
    `- Run: ${codeSpan(run.command)}, ${formatMoment(run.started)}, seed ${run.seed}, sebench ${escapeMarkdown(run.sebench)}${commit ?? ""}`,
  ].join("\n");
}
