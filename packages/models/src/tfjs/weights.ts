import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { InputError } from "@sebench/spec";
import { type Constant, sizeOf } from "../graph/model.ts";
import { bytesOf, mostValues, rawReaders } from "../graph/read-constant.ts";
import { leavesFolder } from "../graph/read-model.ts";
import { type ByteSource, openBytes } from "../proto/byte-source.ts";
import type { Weight, WeightsGroup } from "./model-json.ts";

/** The numbers that ONNX's `TensorProto.DataType` has for the types of a manifest. */
const typeNumbers: ReadonlyMap<string, number> = new Map([
  ["float32", 1],
  ["float16", 10],
  ["int32", 6],
  ["uint8", 2],
  ["uint16", 4],
  ["bool", 9],
  ["string", 8],
  ["complex64", 14],
]);

/** The types that weights may be stored in, to be widened when they are loaded. */
const quantizedTypes: ReadonlySet<string> = new Set(["float16", "uint8", "uint16"]);

/** The weights of a graph model, whose values stay in their files but for small ones. */
export interface Weights {
  readonly constants: readonly Constant[];
  /** The length of all weights as they are stored, in bytes. */
  readonly bytes: number;
  /** The elements of weights that are floats when they are loaded, by the type that stores them. */
  readonly storedAs: ReadonlyMap<string, number>;
}

/**
 * Reads a weights manifest.
 *
 * @param path The path of the model.json, beside which the files of weights are.
 * @throws InputError for a file of weights that is missing, too short or elsewhere, and for an unknown type
 */
export function readWeights(path: string, groups: readonly WeightsGroup[]): Weights {
  const constants: Constant[] = [];
  const storedAs = new Map<string, number>();
  let bytes = 0;
  for (const { paths, weights } of groups) {
    using shards = new Shards(path, paths);
    let at = 0;
    for (const weight of weights) {
      const { type, stored } = typesOf(weight);
      const size = sizeOf(weight.shape);
      const length = lengthOf(weight, shards, at);
      if (!(at + length <= shards.size)) throw shards.tooShort(weight.name, at + length);
      const values = size > mostValues ? null : shards.numbers(at, stored, size);
      constants.push({
        name: weight.name,
        type,
        dims: weight.shape,
        values: values === null ? null : widened(values, weight),
        data: [],
        added: null,
        external: null,
      });
      if (type === 1) {
        const name = weight.quantization?.dtype ?? weight.dtype;
        storedAs.set(name, (storedAs.get(name) ?? 0) + size);
      }
      at += length;
    }
    bytes += at;
  }
  return { constants, bytes, storedAs };
}

/** The bytes of those weights whose names are kept, one after another, in the manifest's order. */
export function keptWeights(
  path: string,
  groups: readonly WeightsGroup[],
  kept: ReadonlySet<string>,
): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { paths, weights } of groups) {
    using shards = new Shards(path, paths);
    let at = 0;
    for (const weight of weights) {
      const length = lengthOf(weight, shards, at);
      if (kept.has(weight.name)) parts.push(shards.read(at, length));
      at += length;
    }
  }
  return Buffer.concat(parts);
}

/** The length in bytes of a weight that begins at a place, as it is stored. */
function lengthOf(weight: Weight, shards: Shards, at: number): number {
  const size = sizeOf(weight.shape);
  return weight.dtype === "string"
    ? shards.strings(at, size)
    : bytesOf(typesOf(weight).stored, size);
}

/** The precision that most weights are stored in: `fp32`, `fp16`, `uint8`, or several. */
export function storedPrecision(storedAs: Weights["storedAs"]): string {
  const names: Readonly<Record<string, string>> = { float32: "fp32", float16: "fp16" };
  const total = [...storedAs.values()].reduce((sum, count) => sum + count, 0);
  const main = [...storedAs].filter(([, count]) => count > total / 100).map(([name]) => name);
  return main.map((name) => names[name] ?? name).join(" and ") || "no weights";
}

/** The types of a weight when it is loaded, and as it is stored. */
function typesOf({ name, dtype, quantization }: Weight): { type: number; stored: number } {
  const type = typeNumbers.get(dtype);
  const kept = quantization?.dtype ?? dtype;
  const stored = typeNumbers.get(kept);
  if (type === undefined || stored === undefined) throw unknownType(name, type ? kept : dtype);
  if (quantization !== undefined && !quantizedTypes.has(kept)) throw unknownType(name, kept);
  return { type, stored };
}

function unknownType(name: string, dtype: string): InputError {
  return new InputError(`the weights ${name} are of the type ${dtype}, which tfjs does not have`, {
    remedy: `convert the model again; the types are ${[...typeNumbers.keys()].join(", ")}`,
  });
}

/** Stored numbers as what they stand for. */
function widened(values: readonly number[], { quantization }: Weight): readonly number[] {
  if (quantization === undefined || quantization.dtype === "float16") return values;
  const { scale = 1, min = 0 } = quantization;
  return values.map((value) => value * scale + min);
}

/** The files of a group of weights, one after the other, as if they were one. */
class Shards implements Disposable {
  readonly size: number;
  readonly #files: { readonly path: string; readonly name: string; readonly start: number }[] = [];
  readonly #open = new Map<string, ByteSource>();

  constructor(model: string, names: readonly string[]) {
    const folder = dirname(model);
    let size = 0;
    for (const name of names) {
      if (leavesFolder(realpathSync(folder), name)) {
        throw new InputError(`its weights are in "${name}", which is not in the model's folder`, {
          remedy: "put the files of weights beside the model.json, and their names into it",
        });
      }
      const path = join(folder, name);
      if (!existsSync(path) || !statSync(path).isFile()) {
        throw new InputError(`the file of its weights, ${name}, is not there`, { remedy: copyAll });
      }
      this.#files.push({ path, name, start: size });
      size += statSync(path).size;
    }
    this.size = size;
  }

  tooShort(weight: string, end: number): InputError {
    const names = this.#files.map(({ name }) => name);
    const which = names.length > 1 ? `${names[0]} to ${names.at(-1)}` : (names[0] ?? "no file");
    return new InputError(
      `the files of its weights (${which}) end at byte ${this.size}, and ${weight} at ${end}`,
      { remedy: copyAll },
    );
  }

  /** The values of small weights; null for types that hold no plain numbers. */
  numbers(at: number, type: number, size: number): number[] | null {
    const read = rawReaders[type];
    if (read === undefined) return null;
    const bytes = this.read(at, bytesOf(type, size));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: size }, (_, index) => read(view, index * bytesOf(type, 1)));
  }

  /** The length in bytes of so many texts, each of which begins with its own. */
  strings(at: number, count: number): number {
    let end = at;
    for (let text = 0; text < count; text++) {
      if (end + 4 > this.size) return this.size + 1;
      const head = this.read(end, 4);
      end += 4 + new DataView(head.buffer, head.byteOffset, 4).getUint32(0, true);
    }
    return end - at;
  }

  /** The bytes from one place on, which may lie in several files. */
  read(start: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (const [index, { path, start: first }] of this.#files.entries()) {
      const last = this.#files[index + 1]?.start ?? this.size;
      const [from, to] = [Math.max(start, first), Math.min(start + length, last)];
      if (from >= to) continue;
      const source = this.#open.get(path) ?? openBytes(path);
      this.#open.set(path, source);
      source.read({ start: from - first, end: to - first }, bytes.subarray(from - start));
    }
    return bytes;
  }

  [Symbol.dispose](): void {
    for (const source of this.#open.values()) source[Symbol.dispose]();
  }
}

const copyAll = "copy all files of the model, the .bin files beside the model.json included";
