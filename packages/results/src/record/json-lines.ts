import { open, readFile } from "node:fs/promises";
import { parseForeignJson } from "@sebench/spec";
import { isMissing } from "./read-record.ts";

/** A kind of file that has a JSON text a line and is only ever appended to. */
export interface LineForm<Entry> {
  /** Reads an entry of the file, or throws. */
  read(value: unknown): Entry;
  /** The key by which an entry is in the file once. */
  keyOf(entry: Entry): string;
}

/** The entries of a file. */
export interface Lines<Entry> {
  /** The entries in the order in which they were appended, none of them twice. */
  readonly records: readonly Entry[];
  /** The lines that cannot be read, as `file:line`; a writer that was killed leaves such a line. */
  readonly damaged: readonly string[];
}

/** Reads a file, which may be missing. */
export async function readLines<Entry>(
  path: string,
  form: LineForm<Entry>,
): Promise<Lines<Entry> & { readonly endsWithinLine: boolean }> {
  const text = (await isMissing(path)) ? "" : await readFile(path, "utf8");
  const lines = text.split("\n");
  const records = new Map<string, Entry>();
  const damaged: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const record = readLine(line, form);
    if (record === null) damaged.push(`${path}:${index + 1}`);
    else if (!records.has(form.keyOf(record))) records.set(form.keyOf(record), record);
  }
  return { records: [...records.values()], damaged, endsWithinLine: lines.at(-1) !== "" };
}

function readLine<Entry>(line: string, form: LineForm<Entry>): Entry | null {
  try {
    return form.read(parseForeignJson(line));
  } catch {
    return null;
  }
}

/**
 * Appends the entries that a file does not have. Writers are to take turns; one that is killed
 * leaves at most a line that cannot be read, and an entry that can be made again.
 */
export async function appendUnknown<Entry>(
  path: string,
  entries: readonly Entry[],
  form: LineForm<Entry>,
): Promise<{ readonly added: readonly Entry[]; readonly known: readonly Entry[] }> {
  const { records, endsWithinLine } = await readLines(path, form);
  const had = new Set(records.map(form.keyOf));
  const [added, known]: [Entry[], Entry[]] = [[], []];
  for (const entry of entries) {
    const key = form.keyOf(entry);
    (had.has(key) ? known : added).push(entry);
    had.add(key);
  }
  const text = added.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  // A line that was cut off is ended first, so that it does not spoil the next one.
  await append(path, endsWithinLine && text !== "" ? `\n${text}` : text);
  return { added, known };
}

/** Appends all of the text or, if the disk is full, none of it. */
async function append(path: string, text: string): Promise<void> {
  const file = await open(path, "a");
  try {
    const { size } = await file.stat();
    try {
      await file.appendFile(text);
      await file.sync();
    } catch (error) {
      await file.truncate(size);
      throw error;
    }
  } finally {
    await file.close();
  }
}
