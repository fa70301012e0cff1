import { join } from "node:path";
import {
  type EvaluationRecord,
  replaceFile,
  type RunRecord,
  writeEvaluation,
} from "@sebench/results";

/** Writes a run's `report.html` and `report.md` into a folder that is there. */
export async function writeReports(folder: string, record: RunRecord): Promise<void> {
  const { htmlReport, markdownReport } = await loadReport();
  await replaceFile(join(folder, "report.html"), htmlReport(record));
  await replaceFile(join(folder, "report.md"), markdownReport(record));
}

/** Writes an evaluation, its record and its reports, into a folder. */
export async function writeEvaluationReports(
  folder: string,
  record: EvaluationRecord,
): Promise<void> {
  const { evaluationHtml, evaluationMarkdown } = await loadReport();
  await writeEvaluation(folder, record);
  await replaceFile(join(folder, "evaluation.md"), evaluationMarkdown(record));
  await replaceFile(join(folder, "evaluation.html"), evaluationHtml(record));
}

/**
 * Loads the reports late, since their charts' library is slow to load and bad input is told without
 * it.
 */
export function loadReport(): Promise<typeof import("@sebench/report")> {
  return import("@sebench/report");
}
