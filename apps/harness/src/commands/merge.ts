import { join } from "node:path";
import { mergeRuns, openStore, readResults, type RunRecord } from "@sebench/results";
import { InputError } from "@sebench/spec";
import { writeReports } from "./run.ts";

/** Joins the parts of a run that shards have written, and gives the exit code. */
export async function merge(
  paths: readonly string[],
  flags: { readonly out: string; readonly json?: boolean },
): Promise<number> {
  const parts = await Promise.all(
    paths.map(async (source) => ({ source, record: await readResults(source) })),
  );
  const { runs, missing } = mergeRuns(parts);
  for (const run of runs) {
    const folder = runs.length === 1 ? flags.out : join(flags.out, run.machine.key);
    await writeRun(folder, run);
    console.log(flags.json ? JSON.stringify(run) : `${folder}: ${run.cases.length} cases`);
  }
  if (runs.length > 1) {
    console.error(`The parts ran on ${runs.length} machines, so they became as many runs.`);
  }
  if (missing.length > 0) {
    console.error(`Missing: ${missing.map((shard) => `--shard ${shard}`).join(", ")}.`);
    return 1;
  }
  return 0;
}

async function writeRun(folder: string, run: RunRecord): Promise<void> {
  if (run.cases.length === 0) {
    throw new InputError("the parts hold no cases", { remedy: "let the shards run to their end" });
  }
  const { record } = await openStore(folder, run);
  await writeReports(folder, record);
}
