import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "@sebench/spec";
import { checkClasses } from "./dataset.ts";

/** An image file of a folder, and its class as the user wrote it: a name or an index. */
export interface LabelledFile {
  /** Relative to the folder, with `/`. */
  readonly file: string;
  readonly label: string;
}

/** The same with classes as numbers, parallel to the files. */
export interface IndexedFiles {
  readonly files: readonly string[];
  readonly labels: Int32Array;
  /** In label order; null where the labels were numbers and nothing names them. */
  readonly classes: readonly string[] | null;
}

/** Where a folder may name its classes, one a line in label order. */
const classFile = "classes.txt";

const image = /\.(?:jpe?g|png|webp)$/i;

export function isImageFile(name: string): boolean {
  return image.test(name);
}

/**
 * The names that `classes.txt` gives, or null where the folder has none. It is
 * needed where the folder has images of some of the network's classes only.
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
 * Turns class names into labels: their place in `names`. Labels that are whole
 * numbers all stand for themselves.
 *
 * @param names Classes in label order; null takes those that occur, sorted.
 */
export function indexLabels(
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
 * @param logits How many classes the network has.
 * @throws InputError Where a label is not one of them, or where names were
 * numbered and the network has more or fewer of them.
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
