import { readFile, stat } from "node:fs/promises";
import { InputError } from "@sebench/spec";
import type { z } from "zod";

/** A kind of file that sebench writes and reads again. */
export interface RecordForm<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** The value that the record's field `schema` must have. */
  readonly version: string;
  /** The kind of file, for people: "a run". */
  readonly what: string;
  /** The remedy if there is no such file. */
  readonly remedy: string;
}

/**
 * Reads a record from its file.
 *
 * @throws InputError that names the file and the first thing that is wrong with it
 */
export async function readRecord<Schema extends z.ZodType>(
  file: string,
  form: RecordForm<Schema>,
): Promise<z.infer<Schema>> {
  return parseRecord(await readText(file, form.remedy), file, form);
}

/**
 * Reads a record from its text.
 *
 * @param source The name of the text in errors.
 */
export function parseRecord<Schema extends z.ZodType>(
  text: string,
  source: string,
  { schema, version, what }: RecordForm<Schema>,
): z.infer<Schema> {
  const value = parseJson(text, source);
  const found = (value as { schema?: unknown } | null)?.schema;
  if (found !== version) {
    throw new InputError(
      found === undefined
        ? `${source} is not a record of sebench: it has no "schema"`
        : `${source} has schema ${JSON.stringify(found)}; ${what} that this sebench reads has "${version}"`,
      { remedy: `give the record of ${what}, or use the sebench that wrote this one` },
    );
  }
  const result = schema.safeParse(value);
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

/** The first thing that is wrong, after its place: `cases[3].members.se.latencyMs.p50: ...`. */
export function describeIssue({ issues }: z.ZodError): string {
  const { path, message } = issues[0]!;
  const place = path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
  return place === "" ? message : `${place}: ${message}`;
}

export function isMissing(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    () => true,
  );
}

async function readText(file: string, remedy: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new InputError(
      missing ? `there are no results at ${file}` : `cannot read ${file}: ${String(cause)}`,
      { remedy, cause },
    );
  }
}
