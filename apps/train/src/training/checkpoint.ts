import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "@sebench/results";
import { InputError, type Network, parametersOf, type Tensor } from "@sebench/spec";
import {
  checkWeights,
  fromWeights,
  readSafetensors,
  type SafetensorsFile,
  toWeights,
  type Weights,
  writeSafetensors,
} from "@sebench/weights";
import { type TrainingSettings, trainingSettings } from "./settings.ts";

/** The state after an epoch, from which training goes on. */
export interface Checkpoint {
  readonly settings: TrainingSettings;
  /** The number of epochs that are done. */
  readonly epoch: number;
  readonly weights: Weights;
  /** The velocities of gradient descent, by the names of their parameters. */
  readonly velocities: ReadonlyMap<string, Tensor>;
}

const prefix = "velocity.";

/** The file with the weights alone, which `pnpm bench --weights` takes. */
const weightsFile = "weights.safetensors";
const checkpointFile = "checkpoint.safetensors";

/** Writes both files, each of which is whole at any time, as the old one or the new one. */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const { settings, epoch, weights, velocities } = checkpoint;
  const metadata = new Map([
    ["epoch", String(epoch)],
    ["settings", JSON.stringify(settings)],
  ]);
  const moving = new Map(Array.from(velocities, ([name, of]) => [prefix + name, of]));
  const all = fromWeights(new Map([...weights, ...moving]));
  await replaceFile(join(folder, checkpointFile), writeSafetensors(all, metadata));
  await replaceFile(join(folder, weightsFile), writeSafetensors(fromWeights(weights), metadata));
}

/** Removes the files of weights, which a run that has ended needs no longer, and returns their names. */
export async function removeWeights(folder: string): Promise<string[]> {
  const files = [checkpointFile, weightsFile];
  for (const file of files) await rm(join(folder, file), { force: true });
  return files;
}

/** Whether the folder has a checkpoint to go on from. */
export function hasCheckpoint(folder: string): boolean {
  return existsSync(join(folder, checkpointFile));
}

/** @throws InputError where the folder has no checkpoint, or one that is damaged or of another network */
export async function readCheckpoint(
  folder: string,
  build: (name: string) => Network,
): Promise<Checkpoint> {
  const path = join(folder, checkpointFile);
  const bytes = await readFile(path).catch((cause: Error) => {
    throw new InputError(`cannot read ${path}: ${cause.message}`, {
      remedy: "give --resume a folder in which an epoch was finished, or start anew with --out",
      cause,
    });
  });
  const file = parseFile(bytes, path);
  const settings = parseSettings(file.metadata.get("settings"), path);
  const all = toWeights(file);
  const of = (wanted: boolean) => [...all].filter(([name]) => name.startsWith(prefix) === wanted);
  const weights: Weights = new Map(of(false));
  const velocities = new Map(of(true).map(([name, value]) => [name.slice(prefix.length), value]));
  const network = build(settings.network);
  checkWeights(network, weights);
  const lost = parametersOf(network).find(
    ({ slot, name }) => slot !== "mean" && slot !== "variance" && !velocities.has(name),
  );
  if (lost) throw new InputError(`${path} has no velocity of ${lost.name}`, startAnew);
  const epoch = Number(file.metadata.get("epoch"));
  if (!Number.isSafeInteger(epoch) || epoch < 0) {
    throw new InputError(`${path} does not say how many epochs are done`, startAnew);
  }
  return { settings, epoch, weights, velocities };
}

const startAnew = { remedy: "remove its folder and train that run anew, or give another --out" };

function parseFile(bytes: Uint8Array, path: string): SafetensorsFile {
  try {
    return readSafetensors(bytes);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(`${path}: ${cause.message}`, { ...startAnew, cause });
  }
}

function parseSettings(text: string | undefined, path: string): TrainingSettings {
  try {
    return trainingSettings.parse(JSON.parse(text ?? ""));
  } catch (cause) {
    throw new InputError(`${path} is no checkpoint of pnpm train`, { ...startAnew, cause });
  }
}
