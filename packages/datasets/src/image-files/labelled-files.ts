import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { InputError, parseForeignJson } from "@sebench/spec";
import { parse } from "csv-parse/sync";
import { checkClasses } from "../image/dataset.ts";

/** An image file of a folder, and its class as the user wrote it: a name or an index. */
export interface LabelledFile {
  /** The path of the file, relative to the folder, with `/`. */
  readonly file: string;
  readonly label: string;
}

/** The image files of a folder, with their classes as numbers in the order of the files. */
export interface IndexedFiles {
  readonly files: readonly string[];
  readonly labels: Int32Array;
  /**
   * The names of the classes in label order, or null if the labels were numbers and
   * nothing names them.
   */
  readonly classes: readonly string[] | null;
}

/** The file in which a folder may name its classes, one a line in label order. */
const classFile = "classes.txt";

const image = /\.(?:jpe?g|png|webp)$/i;

export function isImageFile(name: string): boolean {
  return image.test(name);
}

/**
 * The names that `classes.txt` gives, or null if the folder has no such file. The file
 * is needed if the folder has images of some of the network's classes only.
 */
export async function readClassNames(directory: string): Promise<readonly string[] | null> {
  let text: string;
  try {
    text = await readFile(join(directory, classFile), "utf8");
  } catch {
    return null;
  }
  const names = text.split(/\r?\n/).map((line) => line.trim());
  while (names.at(-1) === "") names.pop();
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined || names.includes("")) {
    throw new InputError(
      `${join(directory, classFile)} has ${repeated ? `"${repeated}" twice` : "an empty line"}`,
      { remedy: "Give each class a line of its own, in label order." },
    );
  }
  return names;
}

/**
 * Turns class names into labels, which are their places in `names`. If all labels are
 * whole numbers, they stand for themselves.
 *
 * @param names The classes in label order; null takes those that occur, sorted.
 */
function indexLabels(
  entries: readonly LabelledFile[],
  names: readonly string[] | null,
): IndexedFiles {
  const files = entries.map(({ file }) => file);
  const numbers = entries.filter(({ label }) => isNumber(label));
  if (numbers.length === entries.length) {
    return { files, labels: wholeLabels(entries), classes: names };
  }
  if (numbers.length > 0) {
    const odd = numbers[0]!;
    throw new InputError(
      `some labels are names, and that of ${odd.file} is the number ${odd.label}`,
      { remedy: "Give names for all images, or class indices for all." },
    );
  }
  const classes = names ?? [...new Set(entries.map(({ label }) => label))].toSorted();
  return { files, labels: placesOf(entries, classes), classes };
}

/** The place of each label among the classes. */
export function placesOf(entries: readonly LabelledFile[], classes: readonly string[]): Int32Array {
  const places = new Map(classes.map((name, index) => [name, index]));
  return Int32Array.from(entries, ({ file, label }) => {
    const place = places.get(label);
    if (place !== undefined) return place;
    throw new InputError(`${file} has the class "${label}", which ${classFile} does not list`, {
      remedy: `List every class in ${classFile}, one a line in label order.`,
    });
  });
}

/**
 * Throws if the labels do not suit the network.
 *
 * @param logits The number of the network's classes.
 * @throws InputError if a label is none of the network's classes, or if there are names
 *   and the network has more or fewer classes
 */
export function checkLabels(name: string, indexed: IndexedFiles, logits: number): void {
  const { files, labels, classes } = indexed;
  if (classes !== null) {
    const remedy =
      `Put the names of the network's ${logits} classes into ${classFile} in the folder, one a ` +
      "line in label order, or use weights of these classes.";
    checkClasses(name, classes.length, logits, remedy);
  }
  const wrong = labels.findIndex((label) => label >= logits);
  if (wrong < 0) return;
  throw new InputError(
    `${files[wrong]} has the label ${labels[wrong]}, and the network's classes are 0 to ` +
      `${logits - 1}`,
    { remedy: "Count labels from 0 on, in the network's order of classes." },
  );
}

function isNumber(label: string): boolean {
  return label !== "" && Number.isFinite(Number(label));
}

function wholeLabels(entries: readonly LabelledFile[]): Int32Array {
  return Int32Array.from(entries, ({ file, label }) => {
    if (/^\d{1,9}$/.test(label)) return Number(label);
    throw new InputError(`${file} has the label ${label}`, {
      remedy: "Give class indices as whole numbers from 0 on.",
    });
  });
}

/**
 * Reads a file of labels for the images of a folder. It is JSON (`{"a.jpg": 3}` or
 * `[{"file": "a.jpg", "label": 3}]`) if its name ends in `.json`, and otherwise CSV with
 * the columns file and label, with or without a header. A label is a class index from
 * 0 on, or a class name.
 *
 * @param directory The folder that the file names are relative to.
 * @throws InputError if the file cannot be read, or names an image that is not there
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
  // The first word of a header has no ending, while a file's name has one.
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
    content = parseForeignJson(text);
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
