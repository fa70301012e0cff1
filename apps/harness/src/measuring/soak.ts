import { join, relative } from "node:path";
import {
  defaultSeed,
  type FedModel,
  feedModels,
  openTargets,
  planSoak,
  Soak,
  type SoakChoice,
  soakRecordOf,
} from "@sebench/bench";
import { interruptible, say } from "@sebench/cli";
import {
  holdFile,
  replaceFile,
  soakFaults,
  type SoakRecord,
  type SoakRow,
  writeSoak,
} from "@sebench/results";
import { readSoakChoice, type SoakFlags } from "../flags/study-flags.ts";
import { clearProgress, soakProgress } from "../words/progress.ts";
import { terminalOptions } from "../words/terminal.ts";

const interruptedCode = 130;

/** Runs sessions over and over, writes the record and its reports, and gives the exit code. */
export async function soak(flags: SoakFlags): Promise<number> {
  const choice = readSoakChoice(flags);
  const { models: asked, seed } = choice.options;
  await using fed = await feedModels(asked, seed ?? defaultSeed, say);
  const { models } = fed;
  const started = new Date().toISOString();
  const folder = flags.out ?? join("results", `${started.slice(0, 19).replaceAll(":", "-")}-soak`);
  // Hours of work are lost if the folder cannot be written to, so that is found out first.
  await using held = await holdFile(join(folder, "soak.json"), "soak");
  if (held.note !== null) say(held.note);
  // Ctrl-C in a terminal ends tsx's compiler too, and nothing can be loaded after it.
  const { soakHtml, soakMarkdown, soakTable } = await import("@sebench/report");
  const rows: SoakRow[] = [];
  const interrupted = await interruptible((signal) => soakAll(choice, models, rows, signal));
  clearProgress();
  const record = await soakRecordOf(choice, rows, started);
  await writeSoak(folder, record);
  await replaceFile(join(folder, "soak.md"), soakMarkdown(record));
  await replaceFile(join(folder, "soak.html"), soakHtml(record));
  if (flags.json) console.log(JSON.stringify(record));
  else {
    console.log(soakTable(record, terminalOptions()));
    console.log(`\nReport: ${relative(process.cwd(), join(folder, "soak.html"))}`);
  }
  if (interrupted) {
    say("Interrupted. The sessions that ended before are kept.");
    return interruptedCode;
  }
  return isWell(record, choice) ? 0 : 1;
}

async function soakAll(
  choice: SoakChoice,
  models: readonly FedModel[],
  rows: SoakRow[],
  signal: AbortSignal,
): Promise<void> {
  await using opened = await openTargets(choice.options, { signal, tell: say });
  const plans = planSoak(choice, opened.targets, models);
  const what = soakProgress();
  const work = new Soak({ ...choice, hosts: opened.hosts, signal, onProgress: what });
  for (const [index, soaking] of plans.entries()) {
    const row = await work.row(soaking);
    rows.push(row);
    clearProgress();
    const faults = soakFaults(row, choice);
    const outcome = row.status === "unavailable" ? "unavailable" : "well";
    const words = faults.length === 0 ? outcome : faults.join("; ");
    say(`[${index + 1}/${plans.length}] ${row.runtime} on ${row.host}, ${row.network}: ${words}`);
  }
}

/** Whether nothing is wrong: a runtime that was named and is not available is. */
function isWell(record: SoakRecord, { options }: SoakChoice): boolean {
  const missing = record.rows.some(({ status }) => status === "unavailable");
  const faulty = record.rows.some((row) => soakFaults(row, record).length > 0);
  return record.rows.length > 0 && !faulty && !(missing && options.targetsNamed);
}
