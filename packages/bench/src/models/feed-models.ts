import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@sebench/artifacts";
import { writeRunInputs } from "@sebench/jobs";
import type { ModelRequest } from "../plan/options.ts";
import { naturalInputs } from "./natural-inputs.ts";
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
    for (const model of await openModels(request.paths, request.sizes, folder.path)) {
      for (const note of model.notes) tell(note);
      models.push({ model, given: await giveInputs(model, seed, folder.path) });
    }
    return { models, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Makes the inputs of a model's runs and writes them where jobs read them. */
async function giveInputs(model: OpenedModel, seed: number, folder: string): Promise<GivenInputs> {
  const runs = await naturalInputs(model.inputs, seed);
  const path = join(folder, `${model.se.sha256}.inputs`);
  await writeFile(path, writeRunInputs(runs));
  return { path, source: "seeded inputs", count: runs.length };
}
