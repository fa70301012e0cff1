import { existsSync } from "node:fs";
import { basename, join, posix } from "node:path";
import { InputError } from "@sebench/spec";
import { checkClasses, type Listing } from "../image/dataset.ts";
import { classFile, orderNames, type SaidOrder } from "./class-order.ts";
import { isImageFile, listEntries } from "./image-listing.ts";
import { type LabelledFile, readLabels } from "./label-file.ts";
import { quoted, readText } from "./text-file.ts";

/** The image files of a folder, with their classes as numbers in the order of the files. */
export interface IndexedFiles {
  readonly files: readonly string[];
  readonly labels: Int32Array;
  /**
   * The names of the classes in label order, or null if the labels were numbers and
   * nothing names them.
   */
  readonly classes: readonly string[] | null;
  readonly listing: Listing;
}

/** The listing of images that a file of labels names. */
const nothingLeftOut: Listing = { order: null, nested: null, alsoRead: [], leftOut: [], empty: [] };

/**
 * The names that `classes.txt` gives, or null if the folder has no such file. The file
 * is needed if the folder has images of some of the network's classes only.
 *
 * @throws InputError if the file is there and cannot be read, or does not name each class once
 */
export async function readClassNames(directory: string): Promise<readonly string[] | null> {
  const path = join(directory, classFile);
  if (!existsSync(path)) return null;
  const text = await readText(path, "the classes' file", "Write names, one a line, or remove it.");
  const names = text.split(/\r?\n/).map((line) => line.trim());
  while (names.at(-1) === "") names.pop();
  const seen = new Set<string>();
  for (const name of names) {
    if (name !== "" && !seen.has(name)) {
      seen.add(name);
      continue;
    }
    throw new InputError(`${path} has ${name === "" ? "an empty line" : `${quoted(name)} twice`}`, {
      remedy: "Give each class a line of its own, in label order.",
    });
  }
  return names;
}

/**
 * Reads a file of labels, and turns the labels into numbers. Names are numbered by `classes.txt`, and without it in
 * the order of the names that occur. Labels that `classes.txt` lists are names, whole numbers too;
 * whole numbers otherwise stand for themselves.
 *
 * @param path The file of labels.
 * @param said The order of names that flags say.
 * @throws InputError if labels may be names as well as numbers, or the order of the names is open
 */
export async function readLabelFile(
  path: string,
  directory: string,
  said: SaidOrder | null = null,
): Promise<IndexedFiles> {
  const entries = await readLabels(path, directory);
  const listed = await readClassNames(directory);
  const numbers = entries.every(({ label }) => isNumber(label));
  if (listed !== null || numbers) {
    refuseOrder(
      said,
      listed === null
        ? `the numbers of ${path}`
        : `the labels of ${path}: ${join(directory, classFile)} gives the order`,
    );
  }
  const files = entries.map(({ file }) => file);
  const listing = { ...nothingLeftOut, leftOut: await unnamedBeside(files, path, directory) };
  const base = { files, listing };
  if (listed !== null && !areIndices(entries, listed, directory)) {
    return { ...base, labels: placesOf(entries, listed), classes: listed };
  }
  if (numbers) return { ...base, labels: wholeLabels(entries), classes: listed };
  const odd = entries.find(({ label }) => isNumber(label));
  if (odd) {
    throw new InputError(
      `some labels are names, and that of ${odd.file} is the number ${odd.label}`,
      {
        remedy:
          "Give names for all images, or class indices for all; a class whose name is a number " +
          `has to be listed in ${join(directory, classFile)}, with all others.`,
      },
    );
  }
  const labels = entries.map(({ label }) => label);
  const { names: classes, order } = orderNames(labels, said, `the classes of ${path}`, directory);
  return {
    ...base,
    labels: placesOf(entries, classes),
    classes,
    listing: { ...listing, order },
  };
}

/** The images that lie beside those that a file of labels names, and that it does not name. */
async function unnamedBeside(
  files: readonly string[],
  path: string,
  directory: string,
): Promise<Listing["leftOut"]> {
  const named = new Set(files);
  const unnamed: string[] = [];
  for (const folder of new Set(files.map((file) => posix.dirname(file)))) {
    const { others } = await listEntries(join(directory, folder));
    const beside = others.filter(isImageFile).map((name) => posix.join(folder, name));
    unnamed.push(...beside.filter((file) => !named.has(file)));
  }
  const [first] = unnamed;
  if (first === undefined) return [];
  return [{ what: `not named in ${basename(path)}`, files: unnamed.length, first, classes: [] }];
}

/** Throws if a flag gives an order to classes that have one. */
export function refuseOrder(said: SaidOrder | null, what: string): void {
  if (said?.by !== "--class-order") return;
  throw new InputError(`--class-order ${said.taken} does not apply to ${what}`, {
    remedy: "Leave out --class-order.",
  });
}

/**
 * Whether labels are indices beside a `classes.txt`: whole numbers that it does not list.
 *
 * @throws InputError if they may be meant as names all the same: where the file lists some of the
 *   labels, or has names that are numbers, as where a program has made 7 of 007
 */
function areIndices(
  entries: readonly LabelledFile[],
  listed: readonly string[],
  directory: string,
): boolean {
  const names = new Set(listed);
  const unlisted = entries.filter(({ label }) => !names.has(label));
  if (unlisted.length === 0 || !unlisted.every(({ label }) => isNumber(label))) return false;
  const other =
    entries.find(({ label }) => names.has(label))?.label ?? listed.find((name) => isNumber(name));
  if (other === undefined) return true;
  const [{ file, label }] = unlisted as [LabelledFile];
  throw new InputError(
    `${file} has the label ${quoted(label)}, which ${classFile} does not list, while it lists ` +
      `${quoted(other)}: it is open whether labels are names or indices`,
    {
      remedy:
        `Write all labels as ${join(directory, classFile)} lists them, or list names there that ` +
        "are no numbers, and give class indices from 0 on.",
    },
  );
}

/** The place of each label among the classes. */
export function placesOf(entries: readonly LabelledFile[], classes: readonly string[]): Int32Array {
  const places = new Map(classes.map((name, index) => [name, index]));
  return Int32Array.from(entries, ({ file, label }) => {
    const place = places.get(label);
    if (place !== undefined) return place;
    throw new InputError(
      `${file} has the class ${quoted(label)}, which ${classFile} does not list`,
      { remedy: `List every class in ${classFile}, one a line in label order.` },
    );
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
    const hidden = classes.find((each) => each.startsWith("."));
    const first =
      hidden === undefined
        ? ""
        : `Remove ${hidden} if it is no class: torchvision and timm count hidden folders. `;
    const remedy =
      `${first}Put the names of the network's ${logits} classes into ${classFile} in the folder, one a ` +
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
    throw new InputError(`${file} has the label ${quoted(label)}`, {
      remedy: "Give class indices as whole numbers from 0 on.",
    });
  });
}
