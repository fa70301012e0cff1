import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "@sebench/spec";
import type { z } from "zod";
import { type RunRecord, runRecord, schemaVersion } from "./run-record.ts";

/** The file of a run's folder that holds its record. */
export const resultsFile = "results.json";

/** Reads the record of a run from its file, or from the folder that holds it. */
export async function readResults(path: string): Promise<RunRecord> {
  const file = await resultsPath(path);
  return parseResults(await readText(file), file);
}

/** @param source named in errors */
export function parseResults(text: string, source: string): RunRecord {
  const value = parseJson(text, source);
  const version = (value as { schema?: unknown } | null)?.schema;
  if (version !== schemaVersion) {
    throw new InputError(
      version === undefined
        ? `${source} is not a record of sebench: it has no "schema"`
        : `${source} has schema ${JSON.stringify(version)}; this sebench reads "${schemaVersion}"`,
      { remedy: "give results.json of a run, or use the sebench that wrote it" },
    );
  }
  const result = runRecord.safeParse(value);
  if (result.success) return result.data;
  throw new InputError(`${source} is not a valid record: ${describeIssue(result.error)}`, {
    remedy: "restore the file: it was changed after it was written",
    cause: result.error,
  });
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError(`${source} is not JSON, or cut off: ${(cause as Error).message}`, {
      remedy: "restore the file, or run the benchmark again",
      cause,
    });
  }
}

/** The first thing that is wrong, and where: `cases[3].members.se.latencyMs.p50: ...`. */
export function describeIssue({ issues }: z.ZodError): string {
  const { path, message } = issues[0]!;
  const place = path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
  return place === "" ? message : `${place}: ${message}`;
}

async function resultsPath(path: string): Promise<string> {
  const folder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return folder ? join(path, resultsFile) : path;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new InputError(
      missing ? `there are no results at ${file}` : `cannot read ${file}: ${String(cause)}`,
      { remedy: "give the folder that `bench run --out` wrote, or its results.json", cause },
    );
  }
}
