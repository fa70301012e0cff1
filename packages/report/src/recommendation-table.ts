import type { Candidate, CaseRecord, Criteria, Recommendation, RunRecord } from "@sebench/results";
import picocolors from "picocolors";
import { caseLabels, workLabel } from "./case/case-label.ts";
import { formatBytes, formatMs, formatMsWithin, formatRate } from "./text/format.ts";
import {
  type TerminalOptions,
  type Column,
  textRow,
  textTable,
  wrapText,
} from "./text/text-table.ts";

/** The text that `bench recommend` prints for one work. */
export function recommendationTable(
  run: RunRecord,
  { candidates, rejections }: Recommendation,
  criteria: Criteria,
  options: TerminalOptions,
): string {
  const colors = picocolors.createColors(options.color);
  const label = caseLabels(run.cases);
  const first = candidates[0]?.record ?? rejections[0]!.record;
  const member = criteria.member === "se" ? first.network : first.plain;
  const title = colors.bold(workLabel(first).replace(first.network, member));
  // Only pages are downloaded, so the last column is left out where there is none.
  const shown = candidates.some(({ downloadBytes }) => downloadBytes !== null) ? undefined : -1;
  const cells = candidates.map((candidate) => rowOf(candidate, label).slice(0, shown));
  const rows = cells.map((row) => row.map((text) => ({ text })));
  const columns = columnsOf(criteria).slice(0, shown);
  const table =
    textTable(columns, rows, { width: options.width, paintTitle: colors.dim }) ??
    cells.map(textRow).join("\n");
  const lines = [
    ...adviceOf(candidates, label, criteria),
    ...rejections.map(({ record, reason }) => `Not ${label(record)}: ${reason}.`),
  ].map((line) => wrapText(line, options.width, "  "));
  return [title, ...(rows.length === 0 ? [] : [table]), ...lines].join("\n");
}

function columnsOf({ scenario, percentile, sloMs }: Criteria): Column[] {
  const ranked: readonly Column[] =
    scenario === "server"
      ? [
          { title: `requests/s, ${percentile} ≤ ${sloMs} ms`, align: "right" },
          { title: "workers", align: "right" },
        ]
      : [{ title: percentile, align: "right" }];
  return [
    { title: "runtime", align: "left" },
    ...ranked,
    { title: "first answer", align: "right" },
    { title: "images/s", align: "right" },
    { title: "memory, peak", align: "right" },
    { title: "download", align: "right" },
  ];
}

function rowOf(candidate: Candidate, label: (record: CaseRecord) => string): string[] {
  const { record, latencyMs, range, served, firstAnswerMs, imagesPerSecond, peakBytes } = candidate;
  const known = (value: number | null, format: (of: number) => string) =>
    value === null ? "not measured" : format(value);
  return [
    label(record),
    ...(served
      ? [formatRate(served.rate), String(served.row.workers)]
      : [formatMsWithin(latencyMs, range)]),
    known(firstAnswerMs, formatMs),
    formatRate(imagesPerSecond),
    known(peakBytes, formatBytes),
    candidate.downloadBytes === null ? "–" : formatBytes(candidate.downloadBytes),
  ];
}

function adviceOf(
  candidates: readonly Candidate[],
  label: (record: CaseRecord) => string,
  { sloMs }: Criteria,
): string[] {
  const [fastest] = candidates;
  if (!fastest) return ["No runtime meets this."];
  const tied = candidates.filter(({ mayBeFastest }) => mayBeFastest);
  const names = tied.map(({ record }) => label(record)).join(", ");
  const best =
    tied.length === 1
      ? `Deploy ${names}.`
      : `Deploy one of these, which cannot be told apart: ${names}.`;
  return [
    best,
    ...candidates
      .filter(({ borderline }) => borderline)
      .map(({ record }) => `${label(record)} meets ${sloMs} ms, but not beyond doubt.`),
    ...candidates.flatMap(({ record, soonerUpTo, firstAnswerMs }) =>
      soonerUpTo === null
        ? []
        : [
            `${label(record)} is done sooner for up to ${soonerUpTo} requests, since it first answers after ${formatMs(firstAnswerMs!)}; ${label(fastest.record)} first answers after ${formatMs(fastest.firstAnswerMs!)}.`,
          ],
    ),
  ];
}
