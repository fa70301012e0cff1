import { join } from "node:path";
import { InputError } from "@sebench/spec";
import type { Budget } from "../budget/budget.ts";
import { budgetsOf, judgedBudgets } from "../budget/judgement.ts";
import { type CaseRecord, caseRecord } from "../case/case-record.ts";
import { type HeldFile, holdFile } from "../record/hold-file.ts";
import { describeIssue, isMissing } from "../record/read-record.ts";
import { replaceFile } from "../record/replace-file.ts";
import { formatRecord, readResults, resultsFile } from "./results-file.ts";
import { type RunHeader, type RunRecord, schemaVersion } from "./run-record.ts";

/** The record of one run, on disk and whole after every case. */
export interface ResultStore extends AsyncDisposable {
  /** The path of results.json. */
  readonly path: string;
  /** What a person should know of the opening, or null. */
  readonly note: string | null;
  /** The record as it stands. */
  readonly record: RunRecord;
  /**
   * Writes a case, in the place of one with the same id if there is one, since a
   * resumed run may repeat what failed.
   */
  append(record: CaseRecord): Promise<void>;
  /** Marks the end of the run, at which its budgets are judged. */
  finish(end?: RunEnd): Promise<void>;
}

interface RunEnd {
  readonly interrupted: boolean;
  /** The budgets; by default those that the record has already, as one that goes on does. */
  readonly budgets?: readonly Budget[];
}

/**
 * Starts a record in a folder, which is made if there is none, with the cases of the
 * header if it has any, as that of a merged run. It writes at once, so that a folder
 * that cannot be written to is found before anything is measured. The folder is this
 * process's alone until the store is disposed of.
 */
export async function openStore(
  directory: string,
  header: RunHeader & Partial<Pick<RunRecord, "cases" | "budgets">>,
): Promise<ResultStore> {
  return holding(directory, async (path) => {
    if (!(await isMissing(path)) && !(await isEmpty(path))) {
      throw new InputError(`${path} already holds the results of a run`, {
        remedy: "name another folder with --out, or go on with that run with --resume",
      });
    }
    const { run, machine, cases = [], budgets } = header;
    const record = { schema: schemaVersion, run, machine, cases } as const;
    return budgets === undefined ? record : { ...record, budgets };
  });
}

/** Whether a run ended before its first case, as on bad input, so that nothing is lost with it. */
async function isEmpty(path: string): Promise<boolean> {
  const record = await readResults(path).catch(() => null);
  return record?.cases.length === 0;
}

/** Goes on with a record that `openStore` started; its cases stand as they were. */
export async function resumeStore(directory: string): Promise<ResultStore> {
  // A folder that holds no run is told before a lock is made in it.
  await readResults(directory);
  return holding(directory, async () => {
    const record = await readResults(directory);
    return { ...record, run: { ...record.run, finished: null, interrupted: false } };
  });
}

/** Opens a store on a folder that no other process writes to, on the record that `begin` gives. */
async function holding(
  directory: string,
  begin: (path: string) => Promise<RunRecord>,
): Promise<ResultStore> {
  const path = join(directory, resultsFile);
  const held = await holdFile(path, "run");
  try {
    return await storeAt(path, await begin(path), held);
  } catch (error) {
    await held[Symbol.asyncDispose]();
    throw error;
  }
}

async function storeAt(path: string, initial: RunRecord, held: HeldFile): Promise<ResultStore> {
  let record = initial;
  let last = Promise.resolve();
  // One text is written at a time, since an interrupt may end the run while a case is
  // being written.
  const write = async (changed: RunRecord) => {
    const text = formatRecord(changed);
    record = changed;
    const written = last.then(() => replaceFile(path, text));
    last = written.catch(() => {});
    await written;
  };
  await write(initial);
  return {
    path,
    note: held.note,
    [Symbol.asyncDispose]: () => last.then(() => held[Symbol.asyncDispose]()),
    get record() {
      return record;
    },
    async append(added) {
      checkCase(added);
      await write({ ...record, cases: withCase(record.cases, added) });
    },
    async finish({ interrupted, budgets } = { interrupted: false }) {
      const run = { ...record.run, finished: new Date().toISOString(), interrupted };
      const asked = budgets ?? budgetsOf(record);
      await write({ ...record, run, ...judgedBudgets(asked, record.cases) });
    },
  };
}

function withCase(cases: readonly CaseRecord[], added: CaseRecord): CaseRecord[] {
  const index = cases.findIndex(({ id }) => id === added.id);
  return index < 0 ? [...cases, added] : cases.with(index, added);
}

/**
 * Throws if a case could not be read again, so that it does not reach the file: NaN, for
 * one, is not JSON.
 */
function checkCase(record: CaseRecord): void {
  const { error } = caseRecord.safeParse(record);
  if (error) {
    throw new Error(`case ${record.id} is not a valid record: ${describeIssue(error)}`, {
      cause: error,
    });
  }
}
