import { stat } from "node:fs/promises";
import { join } from "node:path";
import { say } from "@sebench/cli";
import { type CaseSummary, readHistory, readResults, summarizeRun } from "@sebench/results";
import { InputError } from "@sebench/spec";

/**
 * Finds a run by what a person calls it: a results.json or its folder, the id of a run in the
 * history, or a branch, which means the last run of it that was recorded.
 *
 * @param machine the machine whose runs of a branch are preferred, or null for any
 */
export async function findRun(
  name: string,
  { directory, machine }: { readonly directory: string; readonly machine: string | null },
): Promise<CaseSummary[]> {
  if (await isRun(name)) return requireCases(summarizeRun(await readResults(name)), name);
  const records = await recordsIn(directory);
  const byId = records.filter(({ run }) => run === name);
  if (byId.length > 0) return ofOneMachine(byId, machine);
  const ofBranch = records.filter(({ branch }) => branch === name);
  if (ofBranch.length > 0) return lastRun(ofOneMachine(ofBranch, machine));
  throw new InputError(`there is no run "${name}"`, {
    remedy: `give a results.json or its folder, or a run's id or a branch from the history in ${directory}, to which \`pnpm bench record\` adds`,
  });
}

/** The damaged lines that are named; a file that is no history may have thousands. */
const namedLines = 10;

/** The records of a history; the lines that cannot be read are left out, and said to be. */
export async function recordsIn(
  directory: string,
  machine?: string,
): Promise<readonly CaseSummary[]> {
  const { records, damaged } = await readHistory(directory, machine);
  for (const place of damaged.slice(0, namedLines)) {
    say(`left out: ${place} cannot be read, as after a writer that was killed`);
  }
  if (damaged.length > 0) {
    const lines = damaged.length === 1 ? "1 line was" : `${damaged.length} lines were`;
    say(`${lines} left out of the history in ${directory}, and stay there; the others are used`);
  }
  return records;
}

/** The records of the machine that is asked for, or else of the one that recorded last. */
function ofOneMachine(records: readonly CaseSummary[], machine: string | null): CaseSummary[] {
  const own = records.filter((record) => record.machine === machine);
  if (own.length > 0) return own;
  const last = lastRun(records)[0]!;
  return records.filter((record) => record.machine === last.machine);
}

function lastRun(records: readonly CaseSummary[]): CaseSummary[] {
  const last = records.reduce((one, other) => (other.started >= one.started ? other : one));
  return records.filter(({ run, machine }) => run === last.run && machine === last.machine);
}

/**
 * Gives the cases, and throws an `InputError` where there are none.
 *
 * @param name the name of the run, for the error
 */
export function requireCases(cases: CaseSummary[], name: string): CaseSummary[] {
  if (cases.length > 0) return cases;
  throw new InputError(`the run ${name} has no cases`, {
    remedy: "let it run to its end, or name another",
  });
}

/** Whether a path holds results; a folder that holds none may have the name of a branch. */
async function isRun(path: string): Promise<boolean> {
  return (await isFile(path)) || (await isFile(join(path, "results.json")));
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
