import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { InputError } from "@sebench/spec";
import { parse } from "csv-parse/sync";
import {
  type IndexedFiles,
  indexLabels,
  isImageFile,
  type LabelledFile,
  readClassNames,
} from "./labelled-files.ts";

/**
 * Reads a file of labels for the images of a folder: CSV with the columns file
 * and label, with or without a header, or JSON (`{"a.jpg": 3}` or
 * `[{"file": "a.jpg", "label": 3}]`) where its name ends in `.json`. A label is a
 * class index from 0 on, or a class name.
 *
 * @param directory What the file names are relative to.
 * @throws InputError Where it cannot be read, or names an image that is not there.
 */
export async function readLabelFile(path: string, directory: string): Promise<IndexedFiles> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new InputError(`the labels' file ${path} cannot be read`, {
      remedy: "Give the path of a CSV or JSON file with --labels FILE.",
      cause,
    });
  }
  const entries = /\.json$/i.test(path) ? parseJson(text, path) : parseCsv(text, path);
  if (entries.length === 0) throw new InputError(`${path} names no images`);
  checkFiles(entries, path, directory);
  return indexLabels(entries, await readClassNames(directory));
}

function parseCsv(text: string, path: string): LabelledFile[] {
  let rows: string[][];
  try {
    rows = parse(text, { bom: true, trim: true, skipEmptyLines: true });
  } catch (cause) {
    throw unreadable(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
  // A header's first word has no ending, which a file's name has.
  const header = rows[0]?.[0]?.includes(".") === false;
  return rows.slice(header ? 1 : 0).map((row) => {
    const [file = "", label = ""] = row;
    if (row.length === 2 && isImageFile(file) && label !== "") return { file, label };
    throw unreadable(path, `"${row.join(",")}" is no image with a label`);
  });
}

function parseJson(text: string, path: string): LabelledFile[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw unreadable(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
  const pairs: [unknown, unknown][] = Array.isArray(content)
    ? content.map((entry: unknown) =>
        isRecord(entry) ? [entry["file"], entry["label"]] : [entry, null],
      )
    : Object.entries(isRecord(content) ? content : {});
  return pairs.map(([file, label]) => {
    const valid = typeof label === "number" || (typeof label === "string" && label !== "");
    if (typeof file === "string" && file !== "" && valid) return { file, label: String(label) };
    throw unreadable(path, `${JSON.stringify({ file, label })} is no image with a label`);
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unreadable(path: string, what: string, cause?: unknown): InputError {
  return new InputError(`${path} is no file of labels: ${what}`, {
    remedy:
      "Write CSV with two columns, file and label, or JSON with the ending .json: " +
      '{"a.jpg": 3} or [{"file": "a.jpg", "label": 3}].',
    cause,
  });
}

function checkFiles(entries: readonly LabelledFile[], path: string, directory: string): void {
  const seen = new Set<string>();
  for (const { file } of entries) {
    if (seen.has(file)) throw new InputError(`${path} has ${file} twice`);
    seen.add(file);
  }
  const missing = [...seen].filter((file) => !existsSync(resolve(directory, file)));
  if (missing.length === 0) return;
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : "";
  throw new InputError(
    `${path} names images that are not in ${directory}: ${missing.slice(0, 3).join(", ")}${more}`,
    { remedy: "Write file names relative to the folder given with --data." },
  );
}
