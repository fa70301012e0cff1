import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { InputError, systemFault } from "@sebench/spec";
import { inTurn } from "../record/hold-file.ts";
import { appendUnknown, type LineForm, readLines } from "../record/json-lines.ts";
import { makeFolder } from "../record/replace-file.ts";
import { type CaseSummary, caseSummary } from "./case-summary.ts";

/** The contents of a history. */
export interface History {
  /** The records in the order in which they were recorded, none of them twice. */
  readonly records: readonly CaseSummary[];
  /** The lines that cannot be read, as `file:line`; a writer that was killed leaves such a line. */
  readonly damaged: readonly string[];
}

export interface RecordOutcome {
  /** The file that was appended to. */
  readonly path: string;
  readonly added: number;
  /** The number of cases that the history had already. */
  readonly known: number;
}

/**
 * The path at which a folder keeps the history of a machine: a file with a JSON text a
 * line, which is only ever appended to.
 */
export function historyPath(directory: string, machineKey: string): string {
  return join(directory, `${machineKey}.jsonl`);
}

/** Reads every machine's history in a folder, or one machine's. */
export async function readHistory(directory: string, machineKey?: string): Promise<History> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw unreadable(directory, error);
  });
  const files = names
    .filter((name) => name.endsWith(".jsonl"))
    .filter((name) => machineKey === undefined || name === `${machineKey}.jsonl`)
    .toSorted();
  const parts = await Promise.all(
    files.map((name) => {
      const path = join(directory, name);
      return readLines(path, form).catch((error: Error) => Promise.reject(unreadable(path, error)));
    }),
  );
  return {
    records: parts.flatMap(({ records }) => records),
    damaged: parts.flatMap(({ damaged }) => damaged),
  };
}

function unreadable(path: string, cause: Error): InputError {
  return new InputError(`cannot read ${path}: ${cause.message}`, {
    remedy: "name the folder of the history with --history, or move what is no history out of it",
    cause,
  });
}

/**
 * Appends the cases of a run that the history does not have. Writers take turns;
 * one that is killed leaves at most a line that cannot be read, and a record that
 * can be made again.
 *
 * @param cases The cases of a run on one machine, at least one.
 */
export async function recordCases(
  directory: string,
  cases: readonly CaseSummary[],
): Promise<RecordOutcome> {
  const path = historyPath(directory, cases[0]!.machine);
  try {
    await makeFolder(directory);
    const { added, known } = await inTurn(path, () => appendUnknown(path, cases, form));
    return { path, added: added.length, known: known.length };
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const what = `cannot record in ${path}`;
    const remedy =
      "free its disk, wait for the other writer, or name with --history a folder that can be written to";
    throw (
      systemFault(cause, { what, elsewhere: remedy }) ??
      new InputError(`${what}: ${(cause as Error).message}`, { remedy, cause })
    );
  }
}

const form: LineForm<CaseSummary> = {
  read: (value) => caseSummary.parse(value),
  keyOf: ({ run, machine, id }) => `${run} ${machine} ${id}`,
};
