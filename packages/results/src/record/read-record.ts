import { readFile, stat } from "node:fs/promises";
import { briefly, InputError, isObject, parseForeignJson } from "@sebench/spec";
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
  const found = isObject(value) ? value["schema"] : undefined;
  if (found !== version) {
    throw new InputError(
      found === undefined
        ? `${source} is not a record of sebench: it has no "schema"`
        : `${source} has schema ${briefly(JSON.stringify(found), 80)}; ${what} that this sebench reads has "${version}"`,
      { remedy: `give the record of ${what}, or use the sebench that wrote this one` },
    );
  }
  const result = check(schema, value);
  if (result.ok) return result.data;
  throw new InputError(`${source} is not a valid record: ${result.wrong}`, {
    remedy: "restore the file: it was changed after it was written",
    cause: result.cause,
  });
}

type Checked<Data> =
  | { readonly ok: true; readonly data: Data }
  | { readonly ok: false; readonly wrong: string; readonly cause: unknown };

/** The value as its schema has it, or the first thing that is wrong with it. */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): Checked<z.infer<Schema>> {
  try {
    const { success, data, error } = schema.safeParse(value);
    return success ? { ok: true, data } : { ok: false, wrong: describeIssue(error), cause: error };
  } catch (cause) {
    // From some hundred thousand faults on, zod itself runs out of stack as it joins them.
    if (!(cause instanceof RangeError)) throw cause;
    return { ok: false, wrong: "hundreds of thousands of its values are wrong", cause };
  }
}

function parseJson(text: string, source: string): unknown {
  try {
    return parseForeignJson(text);
  } catch (cause) {
    throw new InputError(`${source} is not JSON, or cut off: ${(cause as Error).message}`, {
      remedy: "restore the file, or run the benchmark again",
      cause,
    });
  }
}

/**
 * The first thing that is wrong, after its place: `cases[3].members.se.latencyMs.p50: ...`. What
 * it quotes of the file is cut.
 */
export function describeIssue({ issues }: z.ZodError): string {
  const { path, message } = issues[0]!;
  const place = path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${briefly(String(key), 80)}`))
    .join("")
    .replace(/^\./, "");
  const told = briefly(message, 400);
  return place === "" ? told : `${place}: ${told}`;
}

export function isMissing(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    () => true,
  );
}

/** The bytes of the largest record that is read; a run of every case with all samples has 60 MB. */
const largestFile = 256 * 2 ** 20;

/**
 * Reads the text of a file of ours, or of one that may be large.
 *
 * @throws InputError where there is no such file, or where it is larger than any record
 */
export async function readText(file: string, remedy: string): Promise<string> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new Error("it is no file");
    if (found.size > largestFile) {
      throw new Error(`it has ${found.size} bytes, and no record has more than ${largestFile}`);
    }
    return await readFile(file, "utf8");
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new InputError(
      missing
        ? `there are no results at ${file}`
        : `cannot read ${file}: ${(cause as Error).message}`,
      { remedy, cause },
    );
  }
}
