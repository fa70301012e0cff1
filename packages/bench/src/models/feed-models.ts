import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { temporaryFolder } from "@sebench/artifacts";
import { writeRunInputs } from "@sebench/jobs";
import { type InputSizes, inspectModel } from "@sebench/models";
import { imageInputs, type ImageRuns } from "../inputs/image-inputs.ts";
import { naturalInputs } from "../inputs/natural-inputs.ts";
import {
  readStoredInputs,
  requireAllUsed,
  runsOfArrays,
  sizesInArrays,
  type StoredInputs,
} from "../inputs/stored-inputs.ts";
import type { AskedInputs, ModelRequest } from "../plan/options.ts";
import { type OpenedModel, openModels } from "./open-model.ts";

/** A model with the inputs that its runs are given. */
export interface FedModel {
  readonly model: OpenedModel;
  readonly given: GivenInputs;
}

/** The inputs that the runs of a model are given. */
interface GivenInputs {
  /** The absolute path of the file that `writeRunInputs` has written. */
  readonly path: string;
  /** Where they come from, in words. */
  readonly source: string;
  /** The number of runs that they are for. */
  readonly count: number;
}

/** Models that are open, with their twins and inputs in a folder that disposing removes. */
interface FedModels extends AsyncDisposable {
  readonly models: readonly FedModel[];
}

/**
 * Opens the models of a run and makes their inputs.
 *
 * @param request the models, or null where none were named
 * @param tell takes what a person should know of a model, a line at a time
 */
export async function feedModels(
  request: ModelRequest | null,
  seed: number,
  tell: (line: string) => void,
): Promise<FedModels> {
  if (request === null) return { models: [], async [Symbol.asyncDispose]() {} };
  const folder = await temporaryFolder("models");
  const close = () => folder[Symbol.asyncDispose]();
  try {
    const models: FedModel[] = [];
    const stored = await openStored(request);
    const sizes = sizesOf(request, stored);
    for (const model of await openModels(request.paths, sizes, folder.path)) {
      for (const note of model.notes) tell(note);
      const given = await giveInputs(model, { asked: request.inputs, stored, seed }, folder.path);
      if (request.inputs.kind !== "seeded") tell(`${model.name}: ${runsText(given)}`);
      models.push({ model, given });
    }
    return { models, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

const runsText = ({ count, source }: GivenInputs) =>
  `${count} ${count === 1 ? "run" : "runs"} with inputs from ${source}`;

/** Reads a person's arrays once for all models, or gives null where none were named. */
async function openStored({ inputs }: ModelRequest): Promise<StoredInputs | null> {
  return inputs.kind === "files" ? readStoredInputs(inputs.paths) : null;
}

/** The sizes of `--input`, and those that a person's arrays have where it names none. */
function sizesOf({ paths, sizes }: ModelRequest, stored: StoredInputs | null): InputSizes {
  if (stored === null) return sizes;
  const models = paths.map((path) => ({ name: basename(path), inputs: inspectModel(path).inputs }));
  requireAllUsed(
    stored,
    models.flatMap(({ inputs }) => inputs.map(({ name }) => name)),
  );
  const found = models.flatMap(({ name, inputs }) => sizesInArrays(stored, name, inputs));
  return new Map([...found, ...sizes]);
}

/** Makes the inputs of a model's runs and writes them where jobs read them. */
async function giveInputs(
  model: OpenedModel,
  { asked, stored, seed }: InputSource,
  folder: string,
): Promise<GivenInputs> {
  const { runs, source } = await runsFor(model, { asked, stored, seed });
  const path = join(folder, `${model.se.sha256}.inputs`);
  await writeFile(path, writeRunInputs(runs));
  return { path, source, count: runs.length };
}

/** What the inputs of models are made of. */
interface InputSource {
  readonly asked: AskedInputs;
  readonly stored: StoredInputs | null;
  readonly seed: number;
}

async function runsFor(
  { name, inputs }: OpenedModel,
  { asked, stored, seed }: InputSource,
): Promise<ImageRuns> {
  if (stored !== null) return { runs: runsOfArrays(stored, name, inputs), source: stored.source };
  if (asked.kind === "images") return imageInputs(asked, name, inputs, seed);
  return { runs: await naturalInputs(inputs, seed), source: "seeded inputs" };
}
