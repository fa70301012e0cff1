import { existsSync } from "node:fs";
import { appendFile, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readNumber, readShard, takeShard } from "@sebench/cli";
import { buildNetwork, InputError, shellQuoted } from "@sebench/spec";
import {
  type Checkpoint,
  hasCheckpoint,
  readCheckpoint,
  removeWeights,
} from "../training/checkpoint.ts";
import { readSettings, type SharedFlags } from "../training/flags.ts";
import { type LogEntry, logFile, readTrainingLog } from "../training/log.ts";
import type { TrainingSettings } from "../training/settings.ts";
import { ablationDefaults, ablationNetworks } from "./ablation.ts";
import { type LoggedRun, loggedRun, settingsDifference } from "./logged-run.ts";

/** The flags of `ablations` as commander gives them. */
export interface AblationFlags extends SharedFlags {
  readonly seeds?: string;
  readonly shard?: string;
}

/** The training of one network with one seed. */
export interface AblationRun {
  readonly folder: string;
  readonly settings: TrainingSettings;
}

/** How far a run is. */
export type RunState =
  | { readonly kind: "trained" | "diverged" }
  /** The run goes on from a checkpoint, or begins where that is null. */
  | { readonly kind: "unfinished"; readonly from: Checkpoint | null };

/**
 * Plans all networks with the first seed, then all with the next, and keeps those of the
 * shard.
 *
 * @throws InputError where a flag is wrong
 */
export function planRuns(flags: AblationFlags): AblationRun[] {
  const { out, seeds: count, ...of } = ablationDefaults;
  const seeds =
    flags.seeds === undefined ? count : readNumber("--seeds", flags.seeds, { from: 1, to: 100 });
  const epochs = flags.epochs ?? String(of.epochs);
  const shared = {
    ...flags,
    size: flags.size ?? String(of.imageSize),
    subset: flags.subset ?? String(of.subset),
    batch: flags.batch ?? String(of.batch),
    rate: flags.rate ?? String(of.rate),
    epochs,
    scheduleEpochs: flags.scheduleEpochs ?? epochs,
    evaluate: flags.evaluate ?? of.evaluate,
  };
  const networks = ablationNetworks();
  const runs = Array.from({ length: seeds * networks.length }, (_, index) => {
    const seed = String(Math.floor(index / networks.length) + 1);
    const settings = readSettings({ ...shared, network: networks[index % networks.length]!, seed });
    return { folder: runFolder(flags.out ?? out, settings), settings };
  });
  return flags.shard === undefined ? runs : takeShard(runs, readShard(flags.shard));
}

/** The folder in `out` of the run of a network with a seed. */
function runFolder(
  out: string,
  { network, seed }: Pick<TrainingSettings, "network" | "seed">,
): string {
  return join(out, network, `seed-${seed}`);
}

/**
 * The state of a run, by what its folder holds.
 *
 * @throws InputError where the folder holds a run of other settings, or a damaged one
 */
export async function stateOf({ folder, settings }: AblationRun): Promise<RunState> {
  const path = join(folder, logFile);
  if (!existsSync(path)) return { kind: "unfinished", from: null };
  const run = loggedRun(await readTrainingLog(path), path);
  requireSettings(folder, run.settings, settings);
  if (run.outcome.kind !== "unfinished") return { kind: run.outcome.kind };
  // A run without a checkpoint was cut off in its first epoch.
  if (!hasCheckpoint(folder)) return { kind: "unfinished", from: null };
  const from = await readCheckpoint(folder, (name) => buildNetwork(name));
  requireSettings(folder, from.settings, settings);
  return { kind: "unfinished", from };
}

function requireSettings(folder: string, has: TrainingSettings, wanted: TrainingSettings): void {
  const difference = settingsDifference(has, wanted);
  if (difference === "") return;
  throw new InputError(`${folder} holds a run of other settings: ${difference}`, {
    remedy: "give the flags that its runs were trained with, or another --out",
  });
}

/** Removes the weights of a run that has ended, and says so in its log. A second call does nothing. */
export async function keepLogOnly({ folder, settings }: AblationRun): Promise<void> {
  const path = join(folder, logFile);
  if (loggedRun(await readTrainingLog(path), path).removed) return;
  const entry: LogEntry = {
    kind: "removed",
    time: new Date().toISOString(),
    epoch: settings.epochs,
    files: await removeWeights(folder),
  };
  await appendFile(path, `${JSON.stringify(entry)}\n`);
}

/**
 * Reads every run in a folder of ablations, `NETWORK/seed-N`, and passes over other files.
 *
 * @throws InputError where the folder is not there or has no run, where a log is damaged,
 *   or where a log is of another network or seed than its folder
 */
export async function readRuns(folder: string): Promise<LoggedRun[]> {
  const runs: LoggedRun[] = [];
  for (const network of await foldersIn(folder)) {
    for (const seed of await foldersIn(join(folder, network))) {
      const path = join(folder, network, seed, logFile);
      if (!existsSync(path)) continue;
      const run = loggedRun(await readTrainingLog(path), path);
      requirePlace(folder, path, run);
      runs.push(run);
    }
  }
  if (runs.length > 0) return runs;
  throw new InputError(`${folder} holds no run`, {
    remedy: `name the folder that ablations wrote to, or train: pnpm train ablations --out ${shellQuoted(folder)}`,
  });
}

/** @throws InputError where a run lies in another run's folder: a run that was copied would count twice */
function requirePlace(folder: string, path: string, { settings }: LoggedRun): void {
  const own = join(runFolder(folder, settings), logFile);
  if (resolve(own) === resolve(path)) return;
  throw new InputError(`${path} is the log of ${settings.network} with seed ${settings.seed}`, {
    remedy: `it belongs in ${own}: move it there, or remove it`,
  });
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: Error) => {
    throw new InputError(`cannot read ${folder}: ${cause.message}`, {
      remedy: "name the folder that pnpm train ablations wrote to",
      cause,
    });
  });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
