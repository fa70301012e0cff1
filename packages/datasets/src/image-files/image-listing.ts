import type { Dirent, Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { InputError } from "@sebench/spec";
import { compareCodePoints } from "./class-order.ts";

/**
 * The endings that torchvision's `ImageFolder` reads, and `.jfif` and `.gif`, which PIL reads as
 * well. timm reads `.png`, `.jpg` and `.jpeg` unless it is told otherwise.
 */
const image = /\.(?:jpe?g|png|ppm|bmp|pgm|tiff?|webp|jfif|gif)$/i;

export function isImageFile(name: string): boolean {
  return image.test(name);
}

/** A file that is no image of a dataset. */
interface PassedOver {
  /** The path of the file, relative to the dataset's folder, with `/`. */
  readonly file: string;
  /** The reason: the file's ending, a hidden file's name, or what it is: "FIFO". */
  readonly what: string;
}

export interface ListedFiles {
  /** The paths of the images, relative to the dataset's folder, with `/`. */
  readonly images: readonly string[];
  readonly passedOver: readonly PassedOver[];
}

/**
 * Lists the files of a folder and the folders in it, in the order of torchvision's
 * `make_dataset`: links are followed, the folders sorted by their paths, and the files by their
 * names. Nothing is opened. A link back to a folder that holds it is passed over.
 *
 * @param folder The path of the folder, relative to `directory`.
 */
export async function listFiles(directory: string, folder: string): Promise<ListedFiles> {
  const path = join(directory, folder);
  const walked = await walk(directory, folder, [await readable(path, realpath(path))]);
  const sorted = walked.toSorted((one, other) => compareCodePoints(one.folder, other.folder));
  return {
    images: sorted.flatMap(({ images }) => images),
    passedOver: sorted.flatMap(({ passedOver }) => passedOver),
  };
}

/** The folders in a folder, links to folders among them, sorted, and the names of what else is there. */
export async function listEntries(
  directory: string,
): Promise<{ readonly folders: readonly string[]; readonly others: readonly string[] }> {
  const entries = await entriesOf(directory);
  const kinds = await Promise.all(
    entries.map((entry) => kindOf(join(directory, entry.name), entry)),
  );
  const names = entries.map(({ name }) => name);
  return {
    folders: names.filter((_, index) => kinds[index] === "folder"),
    others: names.filter((_, index) => kinds[index] !== "folder"),
  };
}

interface WalkedFolder extends ListedFiles {
  readonly folder: string;
}

/** @param above The real paths of the folder and of those that lead to it. */
async function walk(
  directory: string,
  folder: string,
  above: readonly string[],
): Promise<WalkedFolder[]> {
  const images: string[] = [];
  const passedOver: PassedOver[] = [];
  const inside: WalkedFolder[] = [];
  for (const entry of await entriesOf(join(directory, folder))) {
    const file = `${folder}/${entry.name}`;
    const path = join(directory, file);
    const kind = await kindOf(path, entry);
    if (kind === "folder") {
      const real = entry.isSymbolicLink() ? await realpath(path) : join(above.at(-1)!, entry.name);
      if (above.some((each) => `${each}${sep}`.startsWith(`${real}${sep}`))) {
        passedOver.push({ file, what: "link to a folder that holds it" });
      } else inside.push(...(await walk(directory, file, [...above, real])));
    } else if (kind !== "file") passedOver.push({ file, what: kind });
    else if (isImageFile(entry.name)) images.push(file);
    else passedOver.push({ file, what: endingOf(entry.name) });
  }
  return [{ folder, images, passedOver }, ...inside];
}

/** A file's ending, or the name of a hidden file, such as `.DS_Store`. */
function endingOf(name: string): string {
  return extname(name).toLowerCase() || (name.startsWith(".") ? name : "without an ending");
}

async function entriesOf(path: string): Promise<Dirent[]> {
  const entries = await readable(path, readdir(path, { withFileTypes: true }));
  return entries.toSorted((one, other) => compareCodePoints(one.name, other.name));
}

async function readable<Value>(path: string, value: Promise<Value>): Promise<Value> {
  try {
    return await value;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    // Python would open such a name by its bytes, which Node does not keep.
    const hint = path.includes("\uFFFD") ? "Its name is not UTF-8: rename it." : null;
    throw new InputError(`the folder ${path} cannot be read${code}`, {
      remedy: hint ?? "Give yourself the right to read it, or move it out of the folder of --data.",
      cause,
    });
  }
}

/** What a path is: a link counts as what it leads to, and one that leads nowhere as a file. */
async function kindOf(path: string, entry: Dirent): Promise<string> {
  // Some file systems do not say what an entry is.
  const plain = entry.isFile() || entry.isDirectory();
  const found = plain ? entry : await stat(path).catch(() => null);
  return found === null ? "file" : kindOfFile(found);
}

/** What a file is, in a word: "file", "folder", or what must not be opened as an image. */
export function kindOfFile(found: Dirent | Stats): string {
  if (found.isFile()) return "file";
  if (found.isDirectory()) return "folder";
  if (found.isFIFO()) return "FIFO";
  return found.isSocket() ? "socket" : "device";
}
