import type { AskedInputs, ModelRequest } from "@sebench/bench";
import { ownPreprocessing } from "@sebench/datasets/preprocessing";
import { parseInputSizes } from "@sebench/models";
import { InputError } from "@sebench/spec";
import { type PreprocessingFlags, readPreprocessing } from "./preprocessing-flags.ts";

/** The flags of models' files, as the command line gives them. */
export interface ModelFlags extends PreprocessingFlags {
  /** The paths of models' files. */
  readonly model?: readonly string[];
  /** The sizes of their inputs, such as `x=1x3x640x640`. */
  readonly input?: readonly string[];
  /** The files with the arrays of their inputs. */
  readonly inputs?: readonly string[];
  /** The folder with the images of their inputs. */
  readonly images?: string;
}

/** The flags that a file answers itself. */
interface OtherFlags {
  readonly network?: readonly string[];
  readonly networkSet?: readonly string[];
  readonly batch?: readonly string[];
  readonly size?: readonly string[];
  readonly precision?: readonly string[];
  readonly lowering?: readonly string[];
  readonly weights?: string;
  readonly scenario?: readonly string[];
}

/** The models' files that the flags name, or null where they name none. */
export function readModelRequest(flags: ModelFlags & OtherFlags): ModelRequest | null {
  const { model: paths = [], input = [], inputs } = flags;
  if (paths.length > 0) {
    refuseForModels(flags);
    return { paths, sizes: parseInputSizes(input), inputs: readInputs(flags) };
  }
  if (input.length === 0 && inputs === undefined) return null;
  const given = inputs === undefined ? "--input gives sizes" : "--inputs gives arrays";
  throw new InputError(`${given}, and no --model is named`, { remedy: "add --model FILE" });
}

/** Both edges are brought to a model's own sizes, and the values are normalised as ImageNet's. */
const usual = ownPreprocessing("torchvision", { resize: { kind: "both" } });

/** What the flags give to the models' runs. */
function readInputs(flags: ModelFlags): AskedInputs {
  const { inputs, images, preprocessing, mean, std, resize, interpolation } = flags;
  if (images === undefined) {
    const others = { preprocessing, mean, std, resize, interpolation };
    const extra = Object.entries(others).find(([, value]) => value !== undefined)?.[0];
    if (extra !== undefined) {
      throw new InputError(`--${extra} is of images, and --images names no folder`, {
        remedy: "add --images DIR",
      });
    }
    return inputs === undefined ? { kind: "seeded" } : { kind: "files", paths: inputs };
  }
  if (inputs !== undefined) {
    throw new InputError("--inputs and --images both say what the models' runs are given", {
      remedy: "leave one of them out",
    });
  }
  const asked = readPreprocessing(flags, usual, 1) ?? usual;
  return { kind: "images", folder: images, preprocessing: asked };
}

/** Throws an `InputError` for a flag that says of a network what a model's file says itself. */
function refuseForModels(flags: OtherFlags): void {
  const { network, networkSet, batch, size, precision, lowering, weights, scenario } = flags;
  const named = network !== undefined || networkSet !== undefined;
  const others: Readonly<Record<string, unknown>> = named
    ? {}
    : {
        "--batch": batch,
        "--size": size,
        "--precision": precision,
        "--lowering": lowering,
        "--weights": weights,
      };
  const flag = Object.entries({ ...others, "--scenario": scenario }).find(
    ([, value]) => value !== undefined,
  )?.[0];
  if (flag === undefined) return;
  throw new InputError(`${flag} is not for --model: a file has its own sizes, weights and form`, {
    remedy:
      flag === "--batch" || flag === "--size"
        ? "give --input NAME=1x3x224x224 instead"
        : `leave ${flag} out`,
  });
}

/**
 * Throws an `InputError` for images without a model. Commands that take networks alone have a flag
 * of the same name, for a number of images.
 */
export function requireModelForImages({ model, images }: ModelFlags): void {
  if (images === undefined || model !== undefined) return;
  throw new InputError("--images gives the images of a model, and no --model is named", {
    remedy: "add --model FILE; networks are asked about labelled images by bench eval --data DIR",
  });
}
