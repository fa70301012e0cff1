import { statSync } from "node:fs";
import { isAbsolute, posix, relative, resolve, sep } from "node:path";
import { InputError, isObject, parseForeignJson, repeatedKey } from "@sebench/spec";
import { parse } from "csv-parse/sync";
import { isImageFile, kindOfFile } from "./image-listing.ts";
import { quoted, readText, shortened } from "./text-file.ts";

/** An image file of a folder, and its class as the user wrote it: a name or an index. */
export interface LabelledFile {
  /** The path of the file, relative to the folder, with `/`. */
  readonly file: string;
  readonly label: string;
}

/**
 * Reads a file of labels for the images of a folder. It is JSON (`{"a.jpg": 3}` or
 * `[{"file": "a.jpg", "label": 3}]`) if its name ends in `.json`. Otherwise it is CSV with the
 * columns file and label, with or without a header, or has a name, a blank and a label in each
 * line, as `val.txt` of Caffe and MLPerf. A label is a class index from 0 on, or a class name.
 *
 * @param directory The folder that the file names are relative to; an image outside it is refused,
 *   while a link inside it may lead anywhere, as in torchvision's folders.
 * @returns The images as paths relative to the folder, with `/`, each once.
 * @throws InputError if the file cannot be read, names an image that is not there or outside, or
 *   names one twice
 */
export async function readLabels(path: string, directory: string): Promise<LabelledFile[]> {
  const remedy = "Give the path of a CSV, text or JSON file with --labels FILE.";
  const text = await readText(path, "the labels' file", remedy);
  const entries = /\.json$/i.test(path) ? parseJson(text, path) : parseTable(text, path);
  if (entries.length === 0) throw new InputError(`${path} names no images`);
  return placeFiles(entries, path, directory);
}

/** A line of Caffe's lists: a name with an image's ending, a blank, and a label without commas. */
const caffeLine = /^(.*\S)[ \t]+([^\s,]+)$/;
/** A line with a tab, after which a label may have blanks. */
const tabLine = /^(.*\S)\t+([^\t,]+)$/;

function parseTable(text: string, path: string): LabelledFile[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (readCaffeLine(lines[0] ?? "") === null) return parseCsv(text, path);
  return lines.map((line) => {
    const entry = readCaffeLine(line);
    if (entry !== null) return entry;
    throw unreadable(path, `${quoted(line)} is no image with a blank and a label after it`);
  });
}

function readCaffeLine(line: string): LabelledFile | null {
  const trimmed = line.trim();
  const [, file, label] = tabLine.exec(trimmed) ?? caffeLine.exec(trimmed) ?? [];
  return file !== undefined && label !== undefined && isImageFile(file) ? { file, label } : null;
}

function parseCsv(text: string, path: string): LabelledFile[] {
  let rows: string[][];
  try {
    rows = parse(text, { trim: true, skipEmptyLines: true });
  } catch (cause) {
    throw unreadable(path, shortened(String(cause)), cause);
  }
  // The first word of a header has no ending, while a file's name has one.
  const header = rows[0]?.[0]?.includes(".") === false;
  return rows.slice(header ? 1 : 0).map((row) => {
    const [file = "", label = ""] = row;
    if (row.length === 2 && isImageFile(file) && label !== "") return { file, label };
    throw unreadable(path, `${quoted(row.join(","))} is no image with a label`);
  });
}

function parseJson(text: string, path: string): LabelledFile[] {
  let content: unknown;
  try {
    content = parseForeignJson(text);
  } catch (cause) {
    throw unreadable(path, shortened(String(cause)), cause);
  }
  const repeated = repeatedKey(text);
  if (repeated !== null) throw unreadable(path, `it has the key ${quoted(repeated)} twice`);
  const pairs: [unknown, unknown][] = Array.isArray(content)
    ? content.map((entry: unknown) =>
        isObject(entry) ? [entry["file"], entry["label"]] : [entry, null],
      )
    : Object.entries(isObject(content) ? content : {});
  return pairs.map(([file, label], index) => {
    const valid = typeof label === "number" || (typeof label === "string" && label !== "");
    if (typeof file === "string" && file !== "" && valid) return { file, label: String(label) };
    const entry = typeof file === "string" ? quoted(file) : `entry ${index + 1}`;
    throw unreadable(path, `${entry} is no image with a label`);
  });
}

function unreadable(path: string, what: string, cause?: unknown): InputError {
  return new InputError(`${path} is no file of labels: ${what}`, {
    remedy:
      "Write CSV with two columns, file and label; lines of a file, a blank and a label; or JSON " +
      'with the ending .json: {"a.jpg": 3} or [{"file": "a.jpg", "label": 3}].',
    cause,
  });
}

/** Brings the names of files to one form, and throws where they are not the folder's files. */
function placeFiles(
  entries: readonly LabelledFile[],
  path: string,
  directory: string,
): LabelledFile[] {
  const written = new Map<string, string>();
  const placed = entries.map(({ file, label }) => {
    const place = placeOf(file, path, directory);
    const before = written.get(place);
    if (before !== undefined) {
      const both = before === file ? `${file} twice` : `${before} and ${file}, which are one image`;
      throw new InputError(`${path} has ${shortened(both)}`, { remedy: "Name each image once." });
    }
    written.set(place, file);
    return { file: place, label };
  });
  checkFiles([...written.keys()], path, directory);
  return placed;
}

/** The path of a file relative to the folder, with `/` and without `.` and `..`. */
function placeOf(file: string, path: string, directory: string): string {
  const within = isAbsolute(file)
    ? relative(resolve(directory), file).replaceAll(sep, "/")
    : posix.normalize(file);
  if (!/^\.\.(?:\/|$)/.test(within) && !isAbsolute(within)) return within;
  throw new InputError(`${path} names ${quoted(file)}, which is outside ${directory}`, {
    remedy: "Give the folder that holds all images with --data, and write names relative to it.",
  });
}

/** The most files that an error names. */
const named = 3;

function checkFiles(files: readonly string[], path: string, directory: string): void {
  const found = files.map((file) => ({ file, kind: kindAt(resolve(directory, file)) }));
  const odd = found.find(({ kind }) => kind !== "file" && kind !== null);
  if (odd) {
    throw new InputError(`${path} names ${quoted(odd.file)}, which is a ${odd.kind}`, {
      remedy: "Name files only.",
    });
  }
  const missing = found.filter(({ kind }) => kind === null).map(({ file }) => file);
  if (missing.length === 0) return;
  const more = missing.length > named ? ` and ${missing.length - named} more` : "";
  const first = shortened(missing.slice(0, named).join(", "));
  throw new InputError(`${path} names images that are not in ${directory}: ${first}${more}`, {
    remedy: "Write file names relative to the folder given with --data, with / between folders.",
  });
}

function kindAt(path: string): string | null {
  try {
    return kindOfFile(statSync(path));
  } catch {
    return null;
  }
}
