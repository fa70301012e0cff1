import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import { readZip } from "@sebench/artifacts";
import { namedTensor } from "@sebench/jobs";
import type { NamedTensor } from "@sebench/runtime";
import { elementCount, formatShape, InputError } from "@sebench/spec";
import { readSafetensors } from "@sebench/weights";
import type { ModelInput } from "./image-layout.ts";
import { readNpy } from "./npy.ts";

/** The arrays of a person's files, for the inputs of models. */
export interface StoredInputs {
  /** The arrays by the names of the inputs; those of .npy files, which have no name, by "". */
  readonly arrays: ReadonlyMap<string, NamedTensor>;
  /** Where they come from, in words. */
  readonly source: string;
}

/** The most bytes of a file, and of what it holds. */
const mostBytes = 2 ** 31;

/** How each kind of file gives its arrays. */
const readers: Readonly<Record<string, (file: Uint8Array) => Promise<NamedTensor[]>>> = {
  ".npy": async (file) => [readNpy(file, "")],
  ".npz": async (file) =>
    Array.from(await readZip(file, mostBytes), ([path, bytes]) =>
      readNpy(bytes, path.replace(/\.npy$/, "")),
    ),
  ".safetensors": async (file) =>
    Array.from(readSafetensors(file).tensors, ([name, tensor]) => namedTensor(name, tensor)),
};

/**
 * Reads the arrays of files: .npz and .safetensors hold arrays by the names of inputs, and .npy one
 * array for a model's only input.
 *
 * @throws InputError for files of other kinds, and for a name that two files have
 */
export async function readStoredInputs(paths: readonly string[]): Promise<StoredInputs> {
  const arrays = new Map<string, NamedTensor>();
  const sources: string[] = [];
  for (const path of paths) {
    const file = await contentOf(path);
    const found = await arraysIn(path, file);
    for (const array of found) {
      if (arrays.has(array.name)) {
        throw new InputError(`two files of --inputs have ${nameOf(array)}`, {
          remedy: "give each input once; several runs of it are stacked along its first axis",
        });
      }
      arrays.set(array.name, array);
    }
    const hash = createHash("sha256").update(file).digest("hex");
    sources.push(`${basename(path)} (SHA-256 ${hash.slice(0, 12)})`);
  }
  return { arrays, source: sources.join(", ") };
}

async function contentOf(path: string): Promise<Uint8Array> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() !== true) {
    throw new InputError(`there is no file ${path}, which --inputs names`, {
      remedy: "give the path of a .npz, .npy or .safetensors file",
    });
  }
  if (found.size >= mostBytes) {
    throw new InputError(`${path} has ${found.size} bytes, more than the inputs of runs may have`, {
      remedy: "store fewer runs, below 2 GB in all",
    });
  }
  return readFile(path);
}

async function arraysIn(path: string, file: Uint8Array): Promise<NamedTensor[]> {
  const kind = extname(path).toLowerCase();
  const read = Object.hasOwn(readers, kind) ? readers[kind] : undefined;
  if (read === undefined) {
    throw new InputError(`${path} is none of ${Object.keys(readers).join(", ")}`, {
      remedy: 'save the arrays by the inputs\' names: numpy.savez("inputs.npz", x=array)',
    });
  }
  try {
    return await read(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const remedy =
      (cause instanceof InputError && cause.remedy) || "save it again, or fetch it again";
    throw new InputError(`${path} cannot be read: ${why}`, { remedy, cause });
  }
}

/** The arrays of one model by the names of its inputs. */
function ownArrays(
  { arrays }: StoredInputs,
  model: string,
  names: readonly string[],
): ReadonlyMap<string, NamedTensor> {
  const nameless = arrays.get("");
  if (nameless === undefined) return arrays;
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0) return new Map([...arrays, [only, nameless]]);
  throw new InputError(`a .npy file names no input, and ${model} has ${names.join(", ")}`, {
    remedy: `save them together: numpy.savez("inputs.npz", ${names.map((name) => `${name}=...`).join(", ")})`,
  });
}

/**
 * The sizes that stored arrays have for those inputs of a model that leave some free.
 *
 * @param inputs The inputs, whose free lengths are no numbers.
 */
export function sizesInArrays(
  stored: StoredInputs,
  model: string,
  inputs: readonly { readonly name: string; readonly shape: readonly unknown[] | null }[],
): (readonly [name: string, shape: readonly number[]])[] {
  const arrays = ownArrays(
    stored,
    model,
    inputs.map(({ name }) => name),
  );
  return inputs.flatMap(({ name, shape }) => {
    const array = arrays.get(name);
    if (array === undefined || shape?.every((dim) => typeof dim === "number") === true) return [];
    const sizes = shape === null ? array.shape : sizesWithin(shape, array.shape);
    return sizes === null ? [] : [[name, sizes]];
  });
}

/**
 * The sizes of a shape, of which some lengths are free, by an array's, or null where they do not
 * fit. A first length that the shape fixes may be there several times, for several runs.
 */
function sizesWithin(
  shape: readonly unknown[],
  found: readonly number[],
): readonly number[] | null {
  if (shape.length !== found.length) return null;
  const sizes = shape.map((dim, axis) => (typeof dim === "number" ? dim : found[axis]!));
  const [batch, ...rest] = sizes;
  const [length, ...others] = found;
  if (batch === undefined || length === undefined) return sizes;
  const isStack = length >= batch && length % batch === 0;
  return isStack && rest.every((dim, axis) => dim === others[axis]) ? sizes : null;
}

/** Throws an `InputError` for an array that is the input of none of the models. */
export function requireAllUsed({ arrays }: StoredInputs, names: readonly string[]): void {
  const unused = [...arrays.keys()].find((name) => name !== "" && !names.includes(name));
  if (unused === undefined) return;
  throw new InputError(`no model has an input ${unused}, which --inputs holds`, {
    remedy: `name the arrays as the inputs: ${[...new Set(names)].join(", ")}`,
  });
}

/**
 * The inputs of a model's runs: an array of an input's own shape is given to each run, and one whose
 * first axis is several times as long holds one run after the other.
 *
 * @throws InputError for an input without an array, and one whose type or shape is another
 */
export function runsOfArrays(
  stored: StoredInputs,
  model: string,
  inputs: readonly ModelInput[],
): NamedTensor[][] {
  const arrays = ownArrays(
    stored,
    model,
    inputs.map(({ name }) => name),
  );
  const fitted = inputs.map((input) => {
    const array = arrays.get(input.name);
    if (array === undefined) {
      throw new InputError(`--inputs has no array for the input ${input.name} of ${model}`, {
        remedy: `add one of ${input.type} ${formatShape(input.shape)} with that name`,
      });
    }
    return { input, array, runs: runsIn(array, input, model) };
  });
  const several = fitted.filter(({ runs }) => runs > 1);
  const [first] = several;
  const other = several.find(({ runs }) => runs !== first!.runs);
  if (other !== undefined) {
    throw new InputError(
      `--inputs holds ${first!.runs} runs of ${first!.input.name} and ${other.runs} of ${other.input.name}`,
      { remedy: "stack as many of each, or give one for all runs" },
    );
  }
  return Array.from({ length: first?.runs ?? 1 }, (_, run) =>
    fitted.map(({ input, array, runs }) => {
      const count = elementCount(input.shape);
      const start = runs === 1 ? 0 : run * count;
      return {
        name: input.name,
        type: input.type,
        shape: input.shape,
        data: array.data.slice(start, start + count),
      };
    }),
  );
}

/** The number of runs that an array holds. */
function runsIn(array: NamedTensor, { name, type, shape }: ModelInput, model: string): number {
  if (array.type !== type) {
    throw new InputError(`--inputs has ${name} in ${array.type}, and ${model} takes ${type}`, {
      remedy: `convert it: array.astype("${type}")`,
    });
  }
  const sizes = sizesWithin(shape, array.shape);
  if (sizes !== null) return shape.length === 0 ? 1 : array.shape[0]! / shape[0]!;
  throw new InputError(
    `--inputs has ${name} as ${formatShape(array.shape)}, and ${model} takes ${formatShape(shape)}`,
    { remedy: "give that shape, with several runs one after the other along its first axis" },
  );
}

const nameOf = ({ name }: NamedTensor) => (name === "" ? "an array without a name" : name);
