import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { importModel } from "@sebench/models";
import type { FileFormat, ModelFile } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type { BuiltMember } from "./member.ts";

/** A model's file of the user's, small enough to be sent as a message. */
export interface ModelFileDescription {
  /** The absolute path of the file. */
  readonly path: string;
  /** The format of the file, by default `onnx`. */
  readonly format?: FileFormat;
  /** The files that hold its weights, relative to its folder, as the model has them. */
  readonly external: readonly string[];
  /** The sizes of its inputs by name, with which it is imported where an engine loads no ONNX. */
  readonly sizes: Readonly<Record<string, readonly number[]>>;
}

/** The file as an engine loads it that reads files itself, and a graph model of tfjs by its bytes. */
export async function placedFile({
  path,
  external,
  format,
}: ModelFileDescription): Promise<ModelFile> {
  const placed = external.map((name) => ({ path: name, data: join(dirname(path), name) }));
  const files = [path, ...placed.map(({ data }) => data)];
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  const byteLength = sizes.reduce((sum, size) => sum + size, 0);
  if (format !== "tfjs") return { source: path, external: placed, byteLength };
  const read = placed.map(async (file) => ({ path: file.path, data: await readFile(file.data) }));
  return { source: await readFile(path), external: await Promise.all(read), byteLength };
}

/** A model's file as a network. */
export interface ImportedFile extends BuiltMember {
  /** The names of the file's own nodes by the names of the network's. */
  readonly titles: ReadonlyMap<string, string>;
}

/**
 * The file as a network of sebench's own graph, for engines that load no ONNX.
 *
 * @throws InputError with the first node that prevents it
 */
export function importedFile({ path, sizes }: ModelFileDescription): ImportedFile {
  const imported = importModel(path, new Map(Object.entries(sizes)));
  if ("network" in imported) return imported;
  const { node, why } = imported.obstacle;
  throw new InputError(`${path} is not imported: ${node === null ? "" : `${node}: `}${why}`, {
    remedy: "take onnxruntime-node/cpu or onnxruntime-web/wasm, which load the file as it is",
  });
}
