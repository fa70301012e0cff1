import { writeEvaluationReports, writeReports } from "@sebench/bench/reports";
import { join } from "node:path";
import {
  holdsEvaluation,
  mergeEvaluations,
  mergeRuns,
  openStore,
  readEvaluation,
  readResults,
  type RunRecord,
} from "@sebench/results";
import { InputError } from "@sebench/spec";

/** Joins the parts of a run that shards have written, and gives the exit code. */
export async function merge(
  paths: readonly string[],
  flags: { readonly out: string; readonly json?: boolean },
): Promise<number> {
  const evaluations = await Promise.all(paths.map(holdsEvaluation));
  if (evaluations.every(Boolean)) return mergeEvaluated(paths, flags);
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
  return tellMissing(missing);
}

async function mergeEvaluated(
  paths: readonly string[],
  flags: { readonly out: string; readonly json?: boolean },
): Promise<number> {
  const sources = await Promise.all(
    paths.map(async (source) => ({ source, record: await readEvaluation(source) })),
  );
  const { record, missing } = mergeEvaluations(sources);
  await writeEvaluationReports(flags.out, record);
  console.log(flags.json ? JSON.stringify(record) : `${flags.out}: ${record.labels.length} images`);
  return tellMissing(missing);
}

function tellMissing(missing: readonly string[]): number {
  if (missing.length === 0) return 0;
  console.error(`Missing: ${missing.map((shard) => `--shard ${shard}`).join(", ")}.`);
  return 1;
}

async function writeRun(folder: string, run: RunRecord): Promise<void> {
  if (run.cases.length === 0) {
    throw new InputError("the parts hold no cases", { remedy: "let the shards run to their end" });
  }
  await using store = await openStore(folder, run);
  await writeReports(folder, store.record);
}
