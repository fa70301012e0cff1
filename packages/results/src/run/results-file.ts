import { stat } from "node:fs/promises";
import { join } from "node:path";
import { formatJson } from "../record/format-json.ts";
import { parseRecord, readRecord, type RecordForm } from "../record/read-record.ts";
import { type RunRecord, runRecord, schemaVersion } from "./run-record.ts";

/** The name of the file that holds the record in a run's folder. */
export const resultsFile = "results.json";

/** Reads the record of a run from its file, or from the folder that holds it. */
export async function readResults(path: string): Promise<RunRecord> {
  return readRecord(await resultsPath(path), form);
}

const form: RecordForm<typeof runRecord> = {
  schema: runRecord,
  version: schemaVersion,
  what: "a run",
  remedy: "give the folder that `bench run --out` wrote, or its results.json",
};

/**
 * Reads the record of a run from its text.
 *
 * @param source The name of the text in errors.
 */
export function parseResults(text: string, source: string): RunRecord {
  return parseRecord(text, source, form);
}

/** The path of a run's record, which may be given as the folder that holds it. */
export async function resultsPath(path: string): Promise<string> {
  const folder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return folder ? join(path, resultsFile) : path;
}

/**
 * The record as JSON that diffs well, since it is indented and has every list of
 * numbers on one line. Samples and processor times are rounded to 1e-4 ms, which is far below what any
 * clock here resolves and halves the size; figures worked out from them are not rounded.
 */
export function formatRecord(record: RunRecord): string {
  return formatJson(record, roundSamples);
}

function roundSamples(key: string, value: unknown): unknown {
  return key === "samplesMs" || key === "processorMs" ? roundedTimes(value) : value;
}

function roundedTimes(value: unknown): unknown {
  return Array.isArray(value) ? value.map(roundedTimes) : Math.round((value as number) * 1e4) / 1e4;
}
