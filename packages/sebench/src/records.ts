import { csvReport, htmlReport, markdownReport } from "@sebench/report";
import {
  compareRuns as compareSummaries,
  type CompareOptions,
  type Comparison,
  defaultThreshold,
  type RunRecord,
  summarizeRun,
} from "@sebench/results";

/**
 * Compares two runs, case by case, as `sebench compare` does.
 *
 * @param options `threshold` is the change that matters, 0.02 (2 %) by default;
 *   `allowMissing` says whether a case that only the base has is no regression, and is false
 *   by default.
 * @returns The changes with their intervals, and whether one is a regression.
 * @throws InputError if nothing can be compared
 */
export function compareRuns(
  base: RunRecord,
  head: RunRecord,
  { threshold = defaultThreshold, allowMissing = false }: Partial<CompareOptions> = {},
): Comparison {
  return compareSummaries(summarizeRun(base), summarizeRun(head), { threshold, allowMissing });
}

/** A form of a report: a page that needs nothing but itself, a CI job's summary, or a table. */
export type ReportForm = "html" | "markdown" | "csv";

const forms: Readonly<Record<ReportForm, (record: RunRecord) => string>> = {
  html: htmlReport,
  markdown: markdownReport,
  csv: csvReport,
};

/** Writes the report of a run, as text. */
export function reportOf(record: RunRecord, form: ReportForm): string {
  return forms[form](record);
}
