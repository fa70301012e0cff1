import { basename, join } from "node:path";
import { boundedOutputs, type Inspection, inspectModel, type InputSizes } from "@sebench/models";
import type { ModelFileDescription } from "@sebench/pairs";
import { arrayOf, type ElementType, type Precision } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type { ModelInput } from "../inputs/image-layout.ts";
import {
  memberOf,
  type ModelMember,
  normalisedPair,
  onnxOf,
  type ModelPair,
  twinOf,
} from "./model-member.ts";

/** A model's file of the user's, ready to be measured. */
export interface OpenedModel {
  /** The name in ids and records: `det.onnx{x=1x3x640x640,sha256=4d2a...}`. */
  readonly key: string;
  /** The name of the file, without its folders. */
  readonly name: string;
  readonly se: ModelMember;
  /** The twin, or null of a model without SE that can be cut out. */
  readonly plain: ModelMember | null;
  /**
   * The model and its twin with their activations in the forms that engines fuse, or null where the
   * file has them so, or has no twin.
   */
  readonly normalised: ModelPair | null;
  readonly inputs: readonly ModelInput[];
  /** The first length of the first input, which is a batch by convention. */
  readonly batch: number;
  /** The width of images: the last length of the first input, or the one before where channels are last. */
  readonly width: number;
  readonly precision: Precision;
  /** The outputs of functions into 0..1, such as Sigmoid, by name. */
  readonly bounded: readonly string[];
  /**
   * The file and its twin written as ONNX, by which a TensorFlow Lite model's outputs are judged, or
   * null of a file in another format.
   */
  readonly asOnnx: {
    readonly se: ModelFileDescription;
    readonly plain: ModelFileDescription | null;
  } | null;
  /** Why runtimes do not take the file, as far as that is known before they load it, by their ids. */
  readonly refusals: ReadonlyMap<string, string>;
  /** Why the file is not imported into sebench's own graph, or null where it is. */
  readonly obstacle: string | null;
  /** What a person should know, in whole sentences. */
  readonly notes: readonly string[];
}

/**
 * Opens a model's file: reads it, finds its SE, and writes its twin.
 *
 * @param folder The folder for the twin, which is the run's own; nothing is written elsewhere.
 * @throws InputError for what is no such model, and where sizes of its inputs are not known
 */
async function openModel(path: string, sizes: InputSizes, folder: string): Promise<OpenedModel> {
  const inspection = inspectModel(path, sizes);
  const inputs = inspection.inputs.map((input) => requireKnown(input, path, inspection));
  const name = basename(path);
  const se = await memberOf(path, inspection, inputs);
  const [first] = inputs;
  const { obstacle } = inspection;
  const cut = inspection.blocks.filter(({ within }) => within === null);
  const own = { path, sizes, inputs, folder: join(folder, se.sha256) };
  const plain = cut.length === 0 ? null : await twinOf(own);
  const seAsOnnx = await onnxOf(se, own.folder);
  return {
    key: keyOf(name, inputs, se.sha256),
    name,
    se,
    plain,
    asOnnx: seAsOnnx && { se: seAsOnnx, plain: plain && (await onnxOf(plain, own.folder)) },
    normalised: plain && (await normalisedPair(own)),
    inputs,
    batch: first?.shape[0] ?? 1,
    width: first?.shape.at(se.file.format === undefined ? -1 : -2) ?? 1,
    precision: precisionOf(inspection),
    bounded: boundedOutputs(seAsOnnx?.path ?? path),
    refusals: new Map(
      inspection.runtimes.flatMap(({ runtime, takes, reasons: [reason] }) =>
        takes === "no" && reason ? [[runtime, `${reason.why}: ${reason.nodes[0] ?? ""}`]] : [],
      ),
    ),
    obstacle: obstacle && [obstacle.node, obstacle.why].filter((part) => part !== null).join(": "),
    notes: notesOn(name, inspection, cut.length),
  };
}

/** The digits of a file's hash that its name in ids has. */
const keyDigits = 12;

/** A name in which every character may stand in an id, as in `det.onnx{x=1x3x640x640,sha256=4d2a}`. */
function keyOf(file: string, inputs: readonly ModelInput[], sha256: string): string {
  const plain = (text: string) => text.replaceAll(/[^\w.+-]/g, "_");
  const sizes = inputs.map(({ name, shape }) => `${plain(name)}=${shape.join("x") || "scalar"}`);
  return `${plain(file)}{${[...sizes, `sha256=${sha256.slice(0, keyDigits)}`].join(",")}}`;
}

/** Throws an `InputError` where a length of an input is free, or nothing here makes its type. */
function requireKnown(
  { name, type, shape }: Inspection["inputs"][number],
  path: string,
  { inputs }: Inspection,
): ModelInput {
  if (shape === null || shape.some((dim) => typeof dim !== "number")) {
    const free = inputs.filter(
      (each) => each.shape?.every((dim) => typeof dim === "number") !== true,
    );
    throw new InputError(
      `${path} has free sizes, and a run needs a number for each: which sizes shall ${free.map((each) => each.name).join(", ")} have?`,
      { remedy: `give ${free.map((each) => `--input ${example(each)}`).join(" ")}` },
    );
  }
  if (!Object.hasOwn(arrayOf, type)) {
    throw new InputError(`the input ${name} of ${path} is of the type ${type}`, {
      remedy: `models here are fed with ${Object.keys(arrayOf).join(", ")}`,
    });
  }
  return { name, type: type as ElementType, shape: shape as readonly number[] };
}

/** A flag with the sizes that images often have, for a person to change. */
function example({ name, shape }: Inspection["inputs"][number]): string {
  const dims = (shape ?? [1, 3, 224, 224]).map((dim, axis) =>
    typeof dim === "number" ? dim : axis === 0 ? 1 : 224,
  );
  return `${name}=${dims.join("x")}`;
}

function precisionOf({ precision, format }: Inspection): Precision {
  // tfjs widens stored weights when it loads them.
  if (format === "tfjs") return "fp32";
  if (precision === "int8") return "int8";
  return precision.includes("fp16") ? "fp16" : "fp32";
}

function notesOn(name: string, { blocks }: Inspection, cut: number): string[] {
  if (cut === 0) {
    const why =
      blocks.length === 0
        ? "has no squeeze-and-excitation"
        : "has SE in bodies of other nodes alone";
    return [`${name} ${why}, so it is measured by itself, without an overhead`];
  }
  const left = blocks.length - cut;
  if (left === 0) return [];
  return [
    `${left} of ${name}'s ${blocks.length} SE blocks stand in bodies of other nodes, and its twin has them too`,
  ];
}

/** Reads sizes of inputs for several models, each of which takes those of its own inputs. */
function sizesFor(path: string, all: InputSizes): InputSizes {
  const names = new Set(inspectModel(path).inputs.map(({ name }) => name));
  return new Map([...all].filter(([name]) => names.has(name)));
}

/**
 * Opens several models.
 *
 * @throws InputError for a size of an input that none of them has, and for a file that is named twice
 */
export async function openModels(
  paths: readonly string[],
  sizes: InputSizes,
  folder: string,
): Promise<OpenedModel[]> {
  const own = paths.map((path) => sizesFor(path, sizes));
  const unused = [...sizes.keys()].find((name) => own.every((each) => !each.has(name)));
  if (unused !== undefined) {
    const names = paths.flatMap((path) => inspectModel(path).inputs.map((input) => input.name));
    throw new InputError(`no model has an input ${unused}, which --input gives sizes for`, {
      remedy: `their inputs: ${[...new Set(names)].join(", ")}`,
    });
  }
  const opened: OpenedModel[] = [];
  for (const [index, path] of paths.entries()) {
    const model = await openModel(path, own[index]!, folder);
    const twice = opened.find(({ key }) => key === model.key);
    if (twice !== undefined) {
      throw new InputError(`--model names ${path} and a file with the same bytes`, {
        remedy: "give each model once",
      });
    }
    opened.push(model);
  }
  return opened;
}
