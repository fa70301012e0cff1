import { readNumber } from "@sebench/cli";
import { comparisonMarkdown, comparisonTable } from "@sebench/report";
import { compareRuns, defaultThreshold } from "@sebench/results";
import { historyDirectory } from "../flags/directories.ts";
import { terminalOptions } from "../words/terminal.ts";
import { findRun } from "./find-run.ts";

export interface CompareFlags {
  readonly threshold?: string;
  readonly allowMissing?: boolean;
  readonly history?: string;
  readonly format?: "table" | "markdown" | "json";
  readonly json?: boolean;
}

/** Compares two runs, and gives the exit code: 1 for a regression. */
export async function compare(
  baseName: string,
  headName: string,
  flags: CompareFlags,
): Promise<number> {
  const directory = flags.history ?? historyDirectory;
  const percent = flags.threshold ?? String(100 * defaultThreshold);
  const threshold = readNumber("--threshold", percent, { from: 0, to: 1000, whole: false }) / 100;
  const head = await findRun(headName, { directory, machine: null });
  const base = await findRun(baseName, { directory, machine: head[0]!.machine });
  const allowMissing = flags.allowMissing ?? false;
  const comparison = compareRuns(base, head, { threshold, allowMissing });
  switch (flags.json ? "json" : (flags.format ?? "table")) {
    case "json":
      console.log(JSON.stringify(comparison));
      break;
    case "markdown":
      console.log(comparisonMarkdown(comparison));
      break;
    case "table":
      console.log(comparisonTable(comparison, terminalOptions(160)));
  }
  return comparison.regressed ? 1 : 0;
}
