import { readResults, recordCases, summarizeRun } from "@sebench/results";
import { historyDirectory } from "../flags/directories.ts";
import { requireCases } from "./find-run.ts";

/** Adds a run to the history of its machine. */
export async function record(
  path: string,
  flags: { history?: string; branch?: string; commit?: string; json?: boolean },
): Promise<void> {
  const run = await readResults(path);
  const { branch, commit } = flags;
  const cases = requireCases(summarizeRun(run, { branch, commit }), path);
  const outcome = await recordCases(flags.history ?? historyDirectory, cases);
  if (flags.json) {
    console.log(JSON.stringify(outcome));
    return;
  }
  const known = outcome.known === 0 ? "" : `; it had ${outcome.known} of the run already`;
  console.log(`${outcome.path}: ${outcome.added} cases added${known}`);
}
