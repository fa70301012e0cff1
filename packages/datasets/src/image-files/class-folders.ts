import { basename, dirname, join } from "node:path";
import { InputError } from "@sebench/spec";
import type { LeftOut, Listing } from "../image/dataset.ts";
import { classFile, orderNames, type SaidOrder } from "./class-order.ts";
import { isImageFile, listEntries, type ListedFiles, listFiles } from "./image-listing.ts";
import type { LabelledFile } from "./label-file.ts";
import { type IndexedFiles, placesOf, readClassNames, refuseOrder } from "./labelled-files.ts";

/** The folder of a class, with what is in it. */
interface ClassFolder extends ListedFiles {
  readonly name: string;
}

/**
 * Lists the images in the class folders of a folder, and in folders within them. The classes are
 * numbered as `classes.txt` lists them, or in the order that torchvision's `ImageFolder` and timm
 * have in common or a flag says. The first image of each class comes first, then the second of
 * each, so that the first few hundred show all classes.
 *
 * @param said The order of the classes that flags say, or null.
 * @throws InputError if there are no class folders, no images in one of them, or the order is open
 */
export async function listClassFolders(
  directory: string,
  said: SaidOrder | null = null,
): Promise<IndexedFiles> {
  const { folders, others } = await listEntries(directory);
  const found = await Promise.all(
    folders.map(async (name) => Object.assign({ name }, await listFiles(directory, name))),
  );
  if (found.every(({ images }) => images.length === 0)) throw noImages(directory, found);
  const stray = others.filter(isImageFile);
  const listed = await readClassNames(directory);
  if (listed !== null) refuseOrder(said, `${directory}, whose ${classFile} gives the order`);
  else requireClassesWithImages(directory, found);
  const deeper = found.flatMap(({ name, images }) =>
    images.filter((file) => basename(dirname(file)) !== name),
  );
  const byTimm = said?.taken === "timm" && said.by === "--class-order";
  if (said?.taken === "timm" && listed === null)
    requireTimmsClasses(said, directory, deeper, stray);
  const files = takingTurns(found, byTimm);
  if (byTimm) requireTimmsImages(directory, files);
  const labels = files.map(({ label }) => label);
  const { names, order } =
    listed === null
      ? orderNames(labels, said, `the class folders of ${directory}`, directory)
      : { names: listed, order: null };
  const classIs = byTimm ? "the innermost folder" : "the outermost folder";
  const lost = found.filter(
    ({ images, passedOver }) => images.length === 0 && passedOver.length > 0,
  );
  return {
    files: files.map(({ file }) => file),
    labels: placesOf(files, names),
    classes: names,
    listing: {
      order,
      nested: deeper.length === 0 ? null : { images: deeper.length, classIs },
      alsoRead: countAlsoRead(files),
      leftOut: countLeftOut(found, stray),
      empty: lost.flatMap(({ name }) => (names.includes(name) ? [name] : [])),
    },
  };
}

/**
 * Throws if timm's order was asked for, and timm may give images another class than torchvision.
 *
 * @param deeper The images whose innermost folder, which is their class for timm, is not the class
 *   folder; a preprocessing says too little to move them.
 * @param stray The images in no class folder.
 */
function requireTimmsClasses(
  { by }: SaidOrder,
  directory: string,
  deeper: readonly string[],
  stray: readonly string[],
): void {
  if (by === "--preprocessing" && deeper.length > 0) {
    throw new InputError(
      `the class of ${join(directory, deeper[0]!)} is its innermost folder for timm, and its ` +
        "outermost for torchvision",
      { remedy: "Give --class-order timm or --class-order torchvision, by what trained it." },
    );
  }
  if (by === "--class-order" && stray.length > 0) {
    throw new InputError(
      `${join(directory, stray[0]!)} lies in no class folder, and timm makes a class of such images`,
      { remedy: `Move it out of that folder, or list the classes in ${classFile} in label order.` },
    );
  }
}

/** The images with their classes, the first of each class, then the second of each, and so on. */
function takingTurns(found: readonly ClassFolder[], innermost: boolean): LabelledFile[] {
  const turns = new Map<string, number>();
  const inTurn: { readonly turn: number; readonly entry: LabelledFile }[] = [];
  for (const { name, images } of found) {
    for (const file of images) {
      const label = innermost ? basename(dirname(file)) : name;
      const turn = turns.get(label) ?? 0;
      turns.set(label, turn + 1);
      inTurn.push({ turn, entry: { file, label } });
    }
  }
  return inTurn.toSorted((one, other) => one.turn - other.turn).map(({ entry }) => entry);
}

/**
 * Throws if timm reads no image of a class, since it numbers the classes after it one less: of
 * itself it knows three endings.
 */
function requireTimmsImages(directory: string, files: readonly LabelledFile[]): void {
  const read = new Set(
    files.flatMap(({ file, label }) => (/.\.(?:png|jpe?g)$/i.test(basename(file)) ? [label] : [])),
  );
  const other = files.find(({ label }) => !read.has(label));
  if (other === undefined) return;
  throw new InputError(
    `timm, whose order of classes was asked for, reads no image of the class ${other.label}, ` +
      `such as ${other.file}: it knows .png, .jpg and .jpeg`,
    { remedy: `List the classes in label order in ${join(directory, classFile)}.` },
  );
}

/**
 * Throws if a folder has no image, as torchvision does, since timm would number the classes after
 * it one less. A hidden folder counts only if it has images.
 */
function requireClassesWithImages(directory: string, found: readonly ClassFolder[]): void {
  const empty = found.filter(({ name, images }) => images.length === 0 && !name.startsWith("."));
  if (empty.length === 0) return;
  const [first] = empty as [ClassFolder];
  const more = empty.length === 1 ? "" : `, and ${empty.length - 1} more folders have none`;
  throw new InputError(`${join(directory, first.name)} has no images${itsFiles([first])}${more}`, {
    remedy:
      `Convert its files to JPEG or PNG, remove the folder if it is no class, or list all classes ` +
      `in label order in ${join(directory, classFile)}, which keeps the number of a class ` +
      "without images.",
  });
}

function noImages(directory: string, found: readonly ClassFolder[]): InputError {
  const names = found.slice(0, 3).map(({ name }) => name);
  const what =
    found.length === 0
      ? "no folders"
      : `no images in its folders (${names.join(", ")})${itsFiles(found)}`;
  return new InputError(`${directory} has no labelled images: there are ${what}`, {
    remedy:
      "Give a folder that holds one folder of .jpg, .png, .webp, .bmp, .tif, .ppm or .gif files " +
      "for each class (ImageNet's val, not its parent), the labels of a flat folder with " +
      "--labels FILE, or a folder of Fashion-MNIST's idx files.",
  });
}

/** The files of folders without images, in words: ", but 3 .heic, 1 .txt". */
function itsFiles(found: readonly ClassFolder[]): string {
  const counted = countLeftOut(found, []).slice(0, 5);
  if (counted.length === 0) return "";
  return `, but ${counted.map(({ what, files }) => `${files} ${what}`).join(", ")}`;
}

/** Counts the images that PIL reads, and torchvision's `ImageFolder` does not look for. */
function countAlsoRead(files: readonly LabelledFile[]): Listing["alsoRead"] {
  return [".gif", ".jfif"].flatMap((what) => {
    const of = files.filter(({ file }) => file.toLowerCase().endsWith(what));
    return of.length === 0 ? [] : [{ what, files: of.length }];
  });
}

/** The most kinds that are told apart, since endings may be numbers. */
const mostKinds = 50;

/** Counts what is passed over, by kind and class. */
function countLeftOut(found: readonly ClassFolder[], stray: readonly string[]): LeftOut[] {
  const kinds = new Map<string, { first: string; files: number; classes: Map<string, number> }>();
  for (const { name, passedOver } of found) {
    for (const { file, what: own } of passedOver) {
      const what = kinds.has(own) || kinds.size < mostKinds ? own : "of other kinds";
      const kind = kinds.get(what) ?? { first: file, files: 0, classes: new Map() };
      kind.files++;
      kind.classes.set(name, (kind.classes.get(name) ?? 0) + 1);
      kinds.set(what, kind);
    }
  }
  const [first] = stray;
  if (first !== undefined) {
    kinds.set("in no class folder", { first, files: stray.length, classes: new Map() });
  }
  return Array.from(kinds, ([what, { classes, ...counted }]) => ({
    what,
    ...counted,
    classes: Array.from(classes, ([name, files]) => ({ name, files })),
  })).toSorted((one, other) => other.files - one.files);
}
