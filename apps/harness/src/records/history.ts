import { historyPage, historyTable } from "@sebench/report";
import { type CaseSummary, parseCaseId, replaceFile, seriesOf } from "@sebench/results";
import { seName, InputError, splitNetworkNames } from "@sebench/spec";
import { historyDirectory } from "../flags/directories.ts";
import { terminalOptions } from "../words/terminal.ts";
import { recordsIn } from "./find-run.ts";

export interface HistoryFlags {
  readonly history?: string;
  readonly machine?: string;
  readonly runtime?: readonly string[];
  readonly network?: readonly string[];
  readonly branch?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** Shows how the overhead went, run by run. */
export async function history(flags: HistoryFlags): Promise<void> {
  const directory = flags.history ?? historyDirectory;
  const records = await recordsIn(directory, flags.machine);
  const series = seriesOf(records.filter(selectionOf(flags)));
  if (series.length === 0) {
    throw new InputError(
      records.length === 0
        ? `there is no history in ${directory}`
        : "no run in the history is of what was asked for",
      { remedy: "record runs with `pnpm bench record RUN`, or name the folder with --history" },
    );
  }
  if (flags.json) {
    console.log(JSON.stringify(series));
  } else if (flags.out !== undefined) {
    await replaceFile(flags.out, historyPage(series));
    console.log(flags.out);
  } else {
    console.log(historyTable(series, terminalOptions(160)));
  }
}

function selectionOf({ runtime, network, branch }: HistoryFlags) {
  const runtimes = runtime?.flatMap((text) => text.split(","));
  const networks = network?.flatMap(splitNetworkNames).map(seName);
  return (record: CaseSummary): boolean => {
    const parts = parseCaseId(record.id);
    return (
      (runtimes?.includes(parts.runtime) ?? true) &&
      (networks?.includes(parts.network) ?? true) &&
      (branch === undefined || record.branch === branch)
    );
  };
}
