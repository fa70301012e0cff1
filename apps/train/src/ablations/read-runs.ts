import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { InputError } from "@sebench/spec";
import { logFile, readTrainingLog } from "../training-log.ts";
import { runFolder } from "./ablation-run.ts";
import { type LoggedRun, loggedRun } from "./logged-run.ts";

/**
 * Every run in a folder of ablations, `NETWORK/seed-N`; other files are let be.
 *
 * @throws InputError where the folder is not there or has no run, where a log is damaged,
 * or where it is of another network or seed than its folder
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
    remedy: `name the folder that ablations wrote to, or train: pnpm train ablations --out ${folder}`,
  });
}

/** A run that was copied would count twice. */
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
