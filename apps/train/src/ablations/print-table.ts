import { say } from "@sebench/cli";
import { replaceFile } from "@sebench/results";
import { ablationMarkdown } from "./markdown.ts";
import { readRuns } from "./run.ts";
import { ablationTable } from "./table.ts";

/** The flags of `ablation-table` as commander gives them. */
export interface TableFlags {
  readonly out?: string;
  readonly json?: boolean;
}

/** Prints the table of the runs in a folder, or writes it to a file. */
export async function printTable(folder: string, flags: TableFlags): Promise<void> {
  const table = ablationTable(await readRuns(folder));
  if (flags.out !== undefined) {
    await replaceFile(flags.out, ablationMarkdown(table));
    say(`written: ${flags.out}`);
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(table, null, 2)}\n`);
  else if (flags.out === undefined) process.stdout.write(ablationMarkdown(table));
}
