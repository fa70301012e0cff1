import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import {
  externalFiles,
  type Inspection,
  inspectModel,
  type InputSizes,
  isJson,
  isTflite,
  readModel,
  rewriteModel,
  tfliteAsOnnx,
  weightFiles,
  writeModel,
  writeTwin,
} from "@sebench/models";
import type { ModelFileDescription } from "@sebench/pairs";
import type { FileFormat } from "@sebench/runtime";

/** An input of a model with the length of each of its axes. */
interface SizedInput {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A file that is a member of a case: the user's own, or the one that its SE was cut out of. */
export interface ModelMember {
  readonly file: ModelFileDescription;
  /** The SHA-256 of the file, and of the files of its weights where there are such. */
  readonly sha256: string;
  readonly parameters: number;
  /** The multiply-accumulates of one run, or null where they cannot be told. */
  readonly macs: number | null;
}

export async function memberOf(
  path: string,
  { parameters, macs }: Inspection,
  inputs: readonly SizedInput[],
): Promise<ModelMember> {
  const format = formatOf(path);
  const file = {
    path: resolve(path),
    ...(format !== "onnx" && { format }),
    external: filesBeside[format](path),
    sizes: Object.fromEntries(inputs.map(({ name, shape }) => [name, shape])),
  };
  return { file, sha256: await hashOf(file), parameters, macs };
}

function formatOf(path: string): FileFormat {
  if (isTflite(path)) return "tflite";
  return isJson(path) ? "tfjs" : "onnx";
}

/** The files of weights of a model in each format. */
const filesBeside: Readonly<Record<FileFormat, (path: string) => string[]>> = {
  onnx: externalFiles,
  tflite: () => [],
  tfjs: weightFiles,
};

/** A model's file, with the folder that what is made of it goes to, which is the run's own. */
interface ModelPlace {
  readonly path: string;
  readonly sizes: InputSizes;
  readonly inputs: readonly SizedInput[];
  readonly folder: string;
}

/** Writes the twin into a folder of its own, with copies of the files that hold weights. */
export async function twinOf({ path, sizes, inputs, folder }: ModelPlace): Promise<ModelMember> {
  const twin = join(
    folder,
    `twin.${{ onnx: "onnx", tflite: "tflite", tfjs: "json" }[formatOf(path)]}`,
  );
  writeTwin(await seat(path, folder), twin, sizes);
  return memberOf(twin, inspectModel(twin, sizes), inputs);
}

/** The name of the model's copy in its folder, which is there where its weights are in other files. */
export const seatedName = "model.onnx";

/**
 * The path of a model beside whose weights files can be written that share them: its own, or that of
 * a copy, since nothing is written into the user's folder.
 */
async function seat(path: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const external = formatOf(path) === "onnx" ? externalFiles(path) : [];
  if (external.length === 0) return path;
  const from = join(folder, seatedName);
  await copyFile(path, from);
  for (const name of external) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await copyFile(join(dirname(path), name), join(folder, name));
  }
  return from;
}

/** A model and its twin. */
export interface ModelPair {
  readonly se: ModelMember;
  readonly plain: ModelMember;
}

/**
 * Writes a model and its twin with their activations in the forms that engines fuse, or gives null
 * where the file has no others, or is in another format than ONNX. A hard-swish in four operators hides what SE costs: it keeps
 * activations out of the convolutions of both members.
 */
export async function normalisedPair(place: ModelPlace): Promise<ModelPair | null> {
  const { path, sizes, inputs, folder } = place;
  if (formatOf(path) !== "onnx") return null;
  const from = await seat(path, folder);
  const { model, done } = rewriteModel(readModel(from), "activation");
  if (done.length === 0) return null;
  const [se, twin] = [join(folder, "normalised.onnx"), join(folder, "normalised-twin.onnx")];
  writeModel(model, se);
  writeTwin(se, twin, sizes);
  return {
    se: await memberOf(se, inspectModel(se, sizes), inputs),
    plain: await memberOf(twin, inspectModel(twin, sizes), inputs),
  };
}

/**
 * Writes a TensorFlow Lite model as ONNX, or gives null for a file in another format.
 *
 * @throws InputError where an operator of it cannot be written
 */
export async function onnxOf({ file }: ModelMember, folder: string) {
  if (file.format !== "tflite") return null;
  const path = join(folder, `${basename(file.path)}.onnx`);
  await mkdir(folder, { recursive: true });
  await writeFile(path, tfliteAsOnnx(file.path));
  const { format: _, ...rest } = file;
  return { ...rest, path };
}

async function hashOf({ path, external }: ModelFileDescription): Promise<string> {
  const files = [path, ...external.map((name) => join(dirname(path), name))];
  const hashes: string[] = [];
  for (const file of files) {
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
    hashes.push(hash.digest("hex"));
  }
  if (hashes.length === 1) return hashes[0]!;
  return createHash("sha256").update(hashes.join()).digest("hex");
}
