import { writeReports } from "@sebench/bench/reports";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import {
  bencherMetrics,
  csvReport,
  htmlReport,
  markdownReport,
  smallerIsBetter,
  terminalTable,
} from "@sebench/report";
import { readResults, type RunRecord } from "@sebench/results";

const formats = {
  table: (record: RunRecord) => terminalTable(record, { color: false, width: 120 }),
  markdown: markdownReport,
  html: htmlReport,
  csv: csvReport,
  json: (record: RunRecord) => JSON.stringify(record),
  "github-action-benchmark": smallerIsBetter,
  bmf: bencherMetrics,
};

/** Writes the reports of a run again, or prints one. */
export async function report(
  path: string,
  flags: { format?: keyof typeof formats; json?: boolean },
): Promise<void> {
  const record = await readResults(path);
  const format = flags.json ? "json" : flags.format;
  if (format !== undefined) {
    console.log(formats[format](record));
    return;
  }
  const folder = (await stat(path)).isDirectory() ? path : dirname(path);
  await writeReports(folder, record);
  console.log(`wrote report.html and report.md in ${folder}`);
}
