import { join } from "node:path";
import { InputError } from "@sebench/spec";
import type { Budget } from "../budget/budget.ts";
import { budgetsOf, judgedBudgets } from "../budget/judgement.ts";
import { type CaseRecord, caseRecord } from "../case/case-record.ts";
import { describeIssue, isMissing } from "../record/read-record.ts";
import { replaceFile } from "../record/replace-file.ts";
import { formatRecord, readResults, resultsFile } from "./results-file.ts";
import { type RunHeader, type RunRecord, schemaVersion } from "./run-record.ts";

/** The record of one run, on disk and whole after every case. */
export interface ResultStore {
  /** The path of results.json. */
  readonly path: string;
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
 * that cannot be written to is found before anything is measured.
 */
export async function openStore(
  directory: string,
  header: RunHeader & Partial<Pick<RunRecord, "cases" | "budgets">>,
): Promise<ResultStore> {
  const path = join(directory, resultsFile);
  if (!(await isMissing(path)) && !(await isEmpty(path))) {
    throw new InputError(`${path} already holds the results of a run`, {
      remedy: "name another folder with --out, or go on with that run with --resume",
    });
  }
  const { run, machine, cases = [], budgets } = header;
  const record = { schema: schemaVersion, run, machine, cases } as const;
  return storeAt(directory, budgets === undefined ? record : { ...record, budgets });
}

/** Whether a run ended before its first case, as on bad input, so that nothing is lost with it. */
async function isEmpty(path: string): Promise<boolean> {
  const record = await readResults(path).catch(() => null);
  return record?.cases.length === 0;
}

/** Goes on with a record that `openStore` started; its cases stand as they were. */
export async function resumeStore(directory: string): Promise<ResultStore> {
  const record = await readResults(directory);
  return storeAt(directory, {
    ...record,
    run: { ...record.run, finished: null, interrupted: false },
  });
}

async function storeAt(directory: string, initial: RunRecord): Promise<ResultStore> {
  const path = join(directory, resultsFile);
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
