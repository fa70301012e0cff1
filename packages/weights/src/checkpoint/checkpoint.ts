import {
  elementCount,
  formatShape,
  InputError,
  type Network,
  nodeOf,
  parametersOf,
  sameShape,
  shellQuoted,
} from "@sebench/spec";
import { readSafetensors } from "../safetensors/read-safetensors.ts";
import type { SafetensorsFile, StoredTensor } from "../safetensors/stored-tensor.ts";
import { isFloatingPoint, isUnused, toTensor } from "../safetensors/stored-weights.ts";
import { checkWeights, type Weights } from "../weights/weights.ts";
import { toldKey, toldShape } from "../safetensors/told.ts";
import { describeKeys, remedyFor } from "./describe-keys.ts";
import { keyMapOf } from "./keys.ts";

/** The keys named of each kind of misfit; more would hide what the keys have in common. */
const namedMisfits = 3;

/**
 * The weights of a network from a file whose keys are those of any `KeyLayout`. Every parameter
 * takes one tensor, and every tensor goes to one parameter; PyTorch's counters of batches are
 * passed over. A dense layer's weights are read where a convolution of one pixel or of the whole
 * map is meant, and the other way round: their values have the same order.
 *
 * Throws an `InputError` that names what does not fit, by the file's keys.
 *
 * @param source The name of the file in messages.
 */
export function checkpointWeights(
  network: Network,
  { tensors }: SafetensorsFile,
  source: string,
): Weights {
  const { keyOf } = keyMapOf(tensors);
  requireFit(network, { tensors, keyOf, source });
  const weights = new Map(
    parametersOf(network).map(({ name, shape }) => {
      const key = keyOf(name);
      return [name, { ...toTensor(toldKey(key), tensors.get(key)!), shape }];
    }),
  );
  const told = (name: string) => toldKey(keyOf(name));
  checkWeights(network, weights, { what: `the values of ${source}`, told });
  return weights;
}

/** The number of logits that a file's classifier gives, or null if no classifier there fits. */
export function classesIn(network: Network, { tensors }: SafetensorsFile): number | null {
  const { weight } = nodeOf(network, network.output).parameters;
  if (weight === undefined) return null;
  const stored = tensors.get(keyMapOf(tensors).keyOf(weight.name));
  const [classes = 0] = stored?.shape ?? [];
  const [, ...rest] = weight.shape;
  return classes >= 1 && suits([classes, ...rest], stored!) ? classes : null;
}

/**
 * Whether a tensor has a shape, or is the weight of a dense layer for that of a convolution which
 * gives one pixel, or the reverse.
 */
function suits(shape: readonly number[], { shape: stored }: Pick<StoredTensor, "shape">): boolean {
  if (sameShape(shape, stored)) return true;
  const [dense, conv] = shape.length < stored.length ? [shape, stored] : [stored, shape];
  const [outputs, ...inputs] = conv;
  return conv.length === 4 && sameShape(dense, [outputs!, elementCount(inputs)]);
}

interface Keyed extends Pick<SafetensorsFile, "tensors"> {
  readonly source: string;
  keyOf(parameter: string): string;
}

function requireFit(network: Network, file: Keyed): void {
  const { tensors, source } = file;
  const misfits = misfitsOf(network, file);
  const told = Object.values(misfits).filter((each) => each !== null);
  if (told.length === 0) return;
  const { missing, unknown, shapes } = misfits;
  const foreign = missing !== null || unknown !== null || shapes !== null;
  const described = foreign ? `; ${describeKeys([...tensors.keys()])}` : "";
  throw new InputError(`${source} does not fit ${network.name}: ${told.join("; ")}${described}`, {
    remedy: foreign ? remedyFor(network, file) : "store the file with F32, F64, F16 or BF16 values",
  });
}

type Misfits = Readonly<Record<"missing" | "shapes" | "dtypes" | "unknown", string | null>>;

function misfitsOf(network: Network, { tensors, keyOf }: Keyed): Misfits {
  const parameters = parametersOf(network).map(({ name, shape }) => ({ key: keyOf(name), shape }));
  const known = new Set(parameters.map(({ key }) => key));
  const found = parameters.flatMap(({ key, shape }) => {
    const stored = tensors.get(key);
    return stored === undefined ? [] : [{ key, shape, stored }];
  });
  const missing = parameters
    .filter(({ key }) => !tensors.has(key))
    .map(({ key, shape }) => `${toldKey(key)} ${formatShape(shape)}`);
  const shapes = found
    .filter(({ shape, stored }) => !suits(shape, stored))
    .map(
      ({ key, shape, stored }) =>
        `${toldKey(key)} is ${toldShape(stored.shape)}, expected ${formatShape(shape)}`,
    );
  const dtypes = found
    .filter(({ stored }) => !isFloatingPoint(stored.dtype))
    .map(({ key, stored }) => `${toldKey(key)} is ${stored.dtype}`);
  const unknown = [...tensors]
    .filter(([key]) => !known.has(key) && !isUnused(key))
    .map(([key, { shape }]) => `${toldKey(key)} ${toldShape(shape)}`);
  return {
    missing: clause(`of ${parameters.length} parameters missing`, missing),
    shapes: clause("of another shape", shapes),
    dtypes: clause("not floating point", dtypes),
    unknown: clause("too many", unknown),
  };
}

/** Lists keys for a message, `15 too many: a, b, c and 12 more`; null if there are none. */
function clause(what: string, named: readonly string[]): string | null {
  if (named.length === 0) return null;
  const more = named.length - namedMisfits;
  return `${named.length} ${what}: ${named.slice(0, namedMisfits).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/**
 * Reads a file of published weights.
 *
 * Throws an `InputError` that says what the file is instead, if that can be told, and what to do
 * about it.
 *
 * @param source The name of the file in messages.
 */
export function readCheckpoint(bytes: Uint8Array, source: string): SafetensorsFile {
  const other = otherKindOf(bytes);
  if (other !== null) {
    throw new InputError(`${source} is not a safetensors file, but ${other.what}`, {
      remedy: other.remedy(source),
    });
  }
  try {
    return readSafetensors(bytes);
  } catch (cause) {
    if (!(cause instanceof InputError) || cause.remedy === null) throw cause;
    throw new InputError(`${source}: ${cause.message}`, { remedy: cause.remedy, cause });
  }
}

interface OtherKind {
  readonly what: string;
  remedy(source: string): string;
}

/** Tells what else a file is; null if it may be safetensors, whose header begins at byte 8 with {. */
function otherKindOf(bytes: Uint8Array): OtherKind | null {
  if (bytes[8] === 0x7b) return null;
  const [first, second, third, fourth] = bytes;
  if (first === 0x50 && second === 0x4b && third === 3 && fourth === 4) {
    return { what: "a zip archive, as torch.save writes one", remedy: conversion };
  }
  if (first === 0x80 && second! >= 2 && second! <= 5) {
    return { what: "a Python pickle, as torch.save wrote one before 1.6", remedy: conversion };
  }
  return textKindOf(new TextDecoder("latin1").decode(bytes.subarray(0, 64)));
}

/** The one line that converts a file of PyTorch. */
function conversion(source: string): string {
  const to = source.replace(/(\.[a-z]+)?$/i, ".safetensors");
  const steps = [
    "import torch, safetensors.torch as s",
    `w = torch.load(${JSON.stringify(source)}, map_location="cpu", weights_only=True)`,
    `s.save_file({k: v.contiguous() for k, v in w.get("state_dict", w).items()}, ${JSON.stringify(to)})`,
  ];
  return `convert it: python3 -c ${shellQuoted(steps.join("; "))}`;
}

/** Tells what text a file is; no text has bytes of 0, in which the length of a header ends. */
function textKindOf(start: string): OtherKind | null {
  if (!/^(?:\u00ef\u00bb\u00bf)?[\t\n\r -~]{8}/.test(start)) return null;
  if (start.startsWith("version https://git-lfs")) {
    return {
      what: "a pointer of Git LFS, which says where the file is",
      remedy: () => "fetch the file itself, with git lfs pull or from its page",
    };
  }
  if (/^[^\w]*<[!?a-z]/i.test(start)) {
    return {
      what: "a web page",
      remedy: () => "fetch the file itself: of a page that shows it, take the link to download it",
    };
  }
  return {
    what: `text: ${JSON.stringify(start.slice(0, 40)).replaceAll(/[^ -~]/g, "?")}`,
    remedy: () => "fetch the file again",
  };
}
