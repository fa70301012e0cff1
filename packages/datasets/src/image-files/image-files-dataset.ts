import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { InputError } from "@sebench/spec";
import { type BrokenFile, checkRange, type Dataset, type ReadImages } from "../image/dataset.ts";
import { normaliseInto } from "../image/normalise.ts";
import {
  crop,
  describePreprocessing,
  normalisationOf,
  type PreprocessingChoice,
} from "../image/preprocessing.ts";
import { type Decode, formatNames, loadDecoder } from "./decode-image.ts";
import { checkLabels, type IndexedFiles } from "./labelled-files.ts";

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
  const { files, labels, classes } = indexed;
  if (logits !== undefined) checkLabels(directory, indexed, logits);
  const prepare = preparation(directory, await loadDecoder(), preprocessing, size);
  const broken = new Set<string>();
  return {
    name: basename(resolve(directory)),
    count: files.length,
    classes,
    preprocessing: describePreprocessing(preprocessing, size),
    identity: identityOf(indexed),
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

type Prepared = { readonly values: Float32Array } | BrokenFile;
type Prepare = (file: string) => Promise<Prepared>;

/** A function that makes the values `[3, size, size]` of a file. */
function preparation(
  directory: string,
  decode: Decode,
  choice: PreprocessingChoice,
  size: number,
): Prepare {
  return async (file) => {
    try {
      const image = await decode(await readFile(resolve(directory, file)));
      const values = new Float32Array(3 * size * size);
      normaliseInto(values, crop(image, choice, size), normalisationOf(choice));
      return { values };
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      // Only the first line is kept, since libvips repeats itself on lines of their own.
      return { file, reason: message.split("\n")[0]! };
    }
  };
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
    broken,
  };
}

function identityOf({ files, labels }: IndexedFiles): string {
  const hash = createHash("sha256");
  for (const [index, file] of files.entries()) hash.update(`${file}\t${labels[index]}\n`);
  return hash.digest("hex");
}

function allBroken(directory: string, { file, reason }: BrokenFile): InputError {
  return new InputError(`no image in ${directory} can be read; of ${file}: ${reason}`, {
    remedy: `Give ${formatNames} files that an image viewer opens.`,
  });
}
