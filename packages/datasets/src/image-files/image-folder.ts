import { resolve } from "node:path";
import { InputError } from "@sebench/spec";
import { normaliseInto } from "../image/normalise.ts";
import {
  describePreprocessing,
  frame,
  type ImageFrame,
  normalisationOf,
  type PreprocessingChoice,
  requireFrame,
} from "../image/preprocessing.ts";
import { formatNames, loadDecoder } from "./decode-image.ts";
import { readImage } from "./image-files-dataset.ts";
import { listFiles } from "./image-listing.ts";

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
