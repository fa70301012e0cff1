import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { InputError } from "@sebench/spec";
import type { Sharp, SharpOptions } from "sharp";
import { type BrokenFile, checkRange, type Dataset, type ReadImages } from "../image/dataset.ts";
import { normaliseInto } from "../image/normalise.ts";
import {
  crop,
  describePreprocessing,
  normalisationOf,
  type PreprocessingName,
} from "../image/preprocessing.ts";
import type { ColourImage } from "../image/resample.ts";
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
  preprocessing: PreprocessingName,
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
    identity: identityOf(indexed),
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

type Prepared = { readonly values: Float32Array } | BrokenFile;
type Prepare = (file: string) => Promise<Prepared>;

/** A function that makes the values `[3, size, size]` of a file. */
function preparation(
  directory: string,
  decode: Decode,
  name: PreprocessingName,
  size: number,
): Prepare {
  return async (file) => {
    try {
      const image = await decode(await readFile(resolve(directory, file)));
      const values = new Float32Array(3 * size * size);
      normaliseInto(values, crop(image, name, size), normalisationOf(name));
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
    remedy: "Give JPEG, PNG or WebP files that an image viewer opens.",
  });
}

export type Decode = (bytes: Uint8Array) => Promise<ColourImage>;
type OpenImage = (bytes: Uint8Array, options: SharpOptions) => Sharp;

/**
 * The options with which sharp does as PIL does: an error in the pixels or a file cut
 * short is an error, a warning is none, and a colour profile is not applied.
 */
const options: SharpOptions = { failOn: "error", ignoreIcc: true };

/**
 * Loads the decoder of JPEG, PNG and WebP, which is not needed before an image folder
 * is opened, and of which some machines have no build.
 *
 * @throws InputError if sharp cannot be loaded
 */
export async function loadDecoder(
  load: () => Promise<{ readonly default: OpenImage }> = () => import("sharp"),
): Promise<Decode> {
  let open: OpenImage;
  try {
    open = (await load()).default;
  } catch (cause) {
    throw new InputError("image folders need the package sharp, which cannot be loaded here", {
      remedy:
        "Run pnpm install on this machine; sharp has builds for Linux, macOS and Windows " +
        "on x64 and arm64. Fashion-MNIST's idx files need no decoder.",
      cause,
    });
  }
  return (bytes) => decodeImage(open, bytes);
}

/**
 * Decodes an image to red, green and blue as PIL's `convert("RGB")` does: transparency
 * is dropped, not blended, and EXIF's orientation is not applied.
 */
async function decodeImage(open: OpenImage, bytes: Uint8Array): Promise<ColourImage> {
  const { space } = await open(bytes, options).metadata();
  if (space === "cmyk") {
    const inks = open(bytes, options).pipelineColourspace("cmyk").toColourspace("cmyk");
    const { data, info } = await inks.raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, pixels: fromInks(data) };
  }
  const { data, info } = await open(bytes, options)
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: data };
}

/**
 * The colours of inks: each ink takes its part of the light that black leaves, as in PIL,
 * while libvips assumes a profile.
 */
function fromInks(inks: Uint8Array): Uint8Array {
  const pixels = new Uint8Array((inks.length / 4) * 3);
  for (let ink = 0, pixel = 0; ink < inks.length; ink += 4) {
    const light = 255 - inks[ink + 3]!;
    for (let c = 0; c < 3; c++) {
      pixels[pixel++] = light - Math.round((inks[ink + c]! * light) / 255);
    }
  }
  return pixels;
}
