import { readResults, recordCases, summarizeRun } from "@sebench/results";
import { InputError } from "@sebench/spec";
import { historyDirectory } from "../history-directory.ts";

/** Adds a run to the history of its machine. */
export async function record(
  path: string,
  flags: { history?: string; branch?: string; commit?: string; json?: boolean },
): Promise<void> {
  const run = await readResults(path);
  if (run.cases.length === 0) {
    throw new InputError(`the run ${path} has no cases`, {
      remedy: "let it run to its end, or name another",
    });
  }
  const { branch, commit } = flags;
  const cases = summarizeRun(run, { branch, commit });
  const outcome = await recordCases(flags.history ?? historyDirectory, cases);
  if (flags.json) {
    console.log(JSON.stringify(outcome));
    return;
  }
  const known = outcome.known === 0 ? "" : `; it had ${outcome.known} of the run already`;
  console.log(`${outcome.path}: ${outcome.added} cases added${known}`);
}
