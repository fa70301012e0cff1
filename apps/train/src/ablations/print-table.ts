import { say } from "@sebench/cli";
import { replaceFile } from "@sebench/results";
import { ablationMarkdown } from "./ablation-markdown.ts";
import { ablationTable } from "./ablation-table.ts";
import { readRuns } from "./ablation-run.ts";

/** As commander gives them. */
export interface TableFlags {
  readonly out?: string;
  readonly json?: boolean;
}

/** Prints what the runs in a folder found, or writes it. */
export async function printTable(folder: string, flags: TableFlags): Promise<void> {
  const table = ablationTable(await readRuns(folder));
  if (flags.out !== undefined) {
    await replaceFile(flags.out, ablationMarkdown(table));
    say(`written: ${flags.out}`);
  }
  if (flags.json) process.stdout.write(`${JSON.stringify(table, null, 2)}\n`);
  else if (flags.out === undefined) process.stdout.write(ablationMarkdown(table));
}
