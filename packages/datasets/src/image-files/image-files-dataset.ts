import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { InputError } from "@sebench/spec";
import { type BrokenFile, checkRange, type Dataset, type ReadImages } from "../image/dataset.ts";
import { normaliseInto } from "../image/normalise.ts";
import {
  crop,
  describePreprocessing,
  frame,
  type ImageFrame,
  normalisationOf,
  type PreprocessingChoice,
  requireFrame,
} from "../image/preprocessing.ts";
import { type Decode, formatNames, loadDecoder } from "./decode-image.ts";
import { checkLabels, type IndexedFiles } from "./labelled-files.ts";
import { listFiles } from "./image-listing.ts";

/** The number of files decoded at a time, since a large photograph takes tens of megabytes. */
const lanes = 4;

/**
 * A dataset of image files, which are decoded as they are read.
 *
 * @param logits The number of the network's classes.
 * @throws InputError if a label is none of the network's classes, or the decoder cannot be loaded
 */
export async function openImageFiles(
  directory: string,
  indexed: IndexedFiles,
  preprocessing: PreprocessingChoice,
  size: number,
  logits: number | undefined,
): Promise<Dataset> {
  const { files, labels, classes, listing } = indexed;
  if (logits !== undefined) checkLabels(directory, indexed, logits);
  const prepare = preparation(directory, await loadDecoder(), preprocessing, size);
  const broken = new Set<string>();
  return {
    name: basename(resolve(directory)),
    count: files.length,
    classes,
    preprocessing: describePreprocessing(preprocessing, size),
    identity: () => identityOf(directory, indexed),
    listing,
    read: async (first, count) => {
      checkRange(first, count, files.length);
      const prepared = await inLanes(files.slice(first, first + count), prepare);
      const read = gather(prepared, labels.subarray(first, first + count), size);
      for (const { file } of read.broken) broken.add(file);
      if (broken.size === files.length) throw allBroken(directory, read.broken[0]!);
      return read;
    },
  };
}

/** The values `[3, size, size]` of a file or the reason why it has none, and the hash of its bytes. */
type Prepared = ({ readonly values: Float32Array } | BrokenFile) & { readonly hash: string };
type Prepare = (file: string) => Promise<Prepared>;

/** A function that makes the values `[3, size, size]` of a file. */
function preparation(
  directory: string,
  decode: Decode,
  choice: PreprocessingChoice,
  size: number,
): Prepare {
  return async (file) => {
    let hash = unread;
    try {
      const bytes = await readImage(resolve(directory, file));
      hash = sha256(bytes);
      const image = await decode(bytes);
      const values = new Float32Array(3 * size * size);
      normaliseInto(values, crop(image, choice, size), normalisationOf(choice));
      return { values, hash };
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      // Only the first line is kept, since libvips repeats itself on lines of their own.
      return { file, reason: message.split("\n")[0]!, hash };
    }
  };
}

/** What stands in place of the hash of a file that cannot be read. */
const unread = "unread";
/** The most bytes of a file, which six for each pixel do not reach in the largest image. */
const mostBytes = 2 ** 30 + 2 ** 27;

/** Reads an image's file, but nothing that would wait for a writer or never end, such as a pipe. */
async function readImage(path: string): Promise<Uint8Array> {
  const found = await stat(path);
  if (!found.isFile()) throw new Error("it is no file");
  if (found.size > mostBytes) throw new Error(`it has ${found.size} bytes, which no image has`);
  return readFile(path);
}

async function inLanes(files: readonly string[], prepare: Prepare): Promise<Prepared[]> {
  const prepared: Prepared[] = [];
  for (let start = 0; start < files.length; start += lanes) {
    prepared.push(...(await Promise.all(files.slice(start, start + lanes).map(prepare))));
  }
  return prepared;
}

/**
 * Gathers the images that could be read into one tensor, and sets the broken ones apart.
 *
 * @param labels The labels of the entries of `prepared`, in their order.
 */
function gather(prepared: readonly Prepared[], labels: Int32Array, size: number): ReadImages {
  const broken = prepared.filter((entry) => "reason" in entry);
  const good = prepared.length - broken.length;
  const length = 3 * size * size;
  const data = new Float32Array(good * length);
  const kept: number[] = [];
  for (const [index, entry] of prepared.entries()) {
    if ("reason" in entry) continue;
    data.set(entry.values, kept.length * length);
    kept.push(labels[index]!);
  }
  return {
    images: { shape: [good, 3, size, size], data },
    labels: Int32Array.from(kept),
    broken: broken.map(({ file, reason }) => ({ file, reason })),
    hashes: prepared.map(({ hash }) => hash),
  };
}

/** The number of files whose bytes are a part of the identity. */
const sampled = 256;
/** The number of files that are looked at side by side. */
const lookedAt = 64;

/**
 * A shard reads its own images only, so that shards of one evaluation have no image in common to be
 * compared by. The sizes of all files cost one look at each, and some files are read in full, so
 * that images that were saved anew are told even where they kept their sizes.
 */
async function identityOf(directory: string, { files, labels }: IndexedFiles): Promise<string> {
  const hash = createHash("sha256");
  for (let start = 0; start < files.length; start += lookedAt) {
    const some = files.slice(start, start + lookedAt);
    const sizes = await Promise.all(some.map((file) => sizeOf(resolve(directory, file))));
    for (const [at, file] of some.entries()) {
      hash.update(`${file}\t${labels[start + at]}\t${sizes[at]}\n`);
    }
  }
  const count = Math.min(sampled, files.length);
  for (let at = 0; at < count; at++) {
    const file = files[Math.floor((at * files.length) / count)]!;
    const content = await readImage(resolve(directory, file)).then(sha256, () => unread);
    hash.update(`${content}\n`);
  }
  return hash.digest("hex");
}

function sizeOf(path: string): Promise<number | string> {
  return stat(path).then(
    (found) => (found.isFile() ? found.size : unread),
    () => unread,
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function allBroken(directory: string, { file, reason }: BrokenFile): InputError {
  return new InputError(`no image in ${directory} can be read; of ${file}: ${reason}`, {
    remedy: `Give ${formatNames} files that an image viewer opens.`,
  });
}

/** Images without labels, which are asked for in the size that a model has. */
interface ImageFolderRequest extends ImageFrame {
  readonly folder: string;
  readonly preprocessing: PreprocessingChoice;
  /** The most images that are read, the first by the names of folders and files. */
  readonly most: number;
}

/** The images of a folder, made ready for a model. */
interface ImageFolder {
  /** The values of each image, `[3, height, width]`. */
  readonly planes: readonly Float32Array[];
  /** What was done to the images, in words. */
  readonly description: string;
}

/**
 * Reads the images of a folder and of those in it.
 *
 * @throws InputError for a folder without images, an image that cannot be read, and a preprocessing
 *   that crops squares for a model that takes none
 */
export async function readImageFolder(request: ImageFolderRequest): Promise<ImageFolder> {
  const { folder, preprocessing, height, width, most } = request;
  requireFrame(preprocessing, request);
  const { images } = await listFiles(folder, ".");
  if (images.length === 0) {
    throw new InputError(`${folder} has no images`, {
      remedy: `give a folder of ${formatNames} files with --images DIR`,
    });
  }
  const decode = await loadDecoder();
  const planes: Float32Array[] = [];
  for (const file of images.slice(0, most)) {
    const values = new Float32Array(3 * height * width);
    try {
      const image = await decode(await readImage(resolve(folder, file)));
      normaliseInto(values, frame(image, preprocessing, request), normalisationOf(preprocessing));
    } catch (cause) {
      // Only the first line is kept, since libvips repeats itself on lines of their own.
      const [why] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
      throw new InputError(`the image ${resolve(folder, file)} cannot be taken: ${why}`, {
        remedy: "move it out of the folder of --images, or save it as JPEG or PNG",
        cause,
      });
    }
    planes.push(values);
  }
  return { planes, description: describePreprocessing(preprocessing, request) };
}
