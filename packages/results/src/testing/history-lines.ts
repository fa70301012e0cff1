import { readFile } from "node:fs/promises";
import type { CaseSummary } from "../history/case-summary.ts";
import { historyPath } from "../history/history-store.ts";
import { casesOfRun, sampleSummary } from "./sample-summary.ts";

/** The lines of a history on disk, where nothing hides a line that is there twice. */
export interface HistoryLines {
  /** The `run id` of each line that is JSON, sorted. */
  readonly records: readonly string[];
  /** The `file:line` of each line that is not JSON. */
  readonly torn: readonly string[];
}

/** Reads the lines of the samples' machine. */
export async function readHistoryLines(directory: string): Promise<HistoryLines> {
  const path = historyPath(directory, sampleSummary().machine);
  const records: string[] = [];
  const torn: string[] = [];
  for (const [index, line] of (await readFile(path, "utf8")).split("\n").entries()) {
    if (line === "") continue;
    try {
      const { run, id } = JSON.parse(line) as CaseSummary;
      records.push(`${run} ${id}`);
    } catch {
      torn.push(`${path}:${index + 1}`);
    }
  }
  return { records: records.toSorted(), torn };
}

/** The lines that a history of these runs has, each once. */
export function linesOfRuns(runs: readonly string[]): string[] {
  return runs.flatMap((run) => casesOfRun(run).map(({ id }) => `${run} ${id}`)).toSorted();
}
