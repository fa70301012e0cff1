import { existsSync } from "node:fs";
import { join } from "node:path";
import { interruptible, say } from "@sebench/cli";
import { buildNetwork, InputError, shellQuoted } from "@sebench/spec";
import { readCheckpoint } from "./training/checkpoint.ts";
import { progressLine } from "./training/progress.ts";
import { readSettings, type TrainFlags } from "./training/flags.ts";
import { trainNetwork, type TrainingRun } from "./training/train-network.ts";
import { openData, openEngine } from "./training/inputs.ts";
import { logFile } from "./training/log.ts";

const interrupted = 130;

/** Trains one network, or goes on with one, and returns the exit code. */
export async function train(flags: TrainFlags): Promise<number> {
  const run = await openRun(flags);
  const { settings, from, folder } = run;
  if (from && from.epoch >= settings.epochs) {
    say(`${folder} is trained: ${from.epoch} of ${settings.epochs} epochs`);
    return 0;
  }
  const data = await openData(flags, settings);
  const engine = await openEngine(flags);
  const stopped = await interruptible((signal) =>
    trainNetwork(run, data, engine, progressLine(process.stderr, settings.network), signal),
  );
  if (!stopped) return 0;
  say(`interrupted; go on with: pnpm train --resume ${shellQuoted(folder)}`);
  return interrupted;
}

async function openRun(flags: TrainFlags): Promise<TrainingRun> {
  if (flags.resume !== undefined) {
    const from = await readCheckpoint(flags.resume, (name) => buildNetwork(name));
    return { folder: flags.resume, settings: from.settings, from };
  }
  const settings = readSettings(flags);
  const folder = flags.out ?? join("training", settings.network, `seed-${settings.seed}`);
  if (existsSync(join(folder, logFile))) {
    throw new InputError(`${folder} holds a run`, {
      remedy: `go on with it: --resume ${shellQuoted(folder)}; or give another --out`,
    });
  }
  return { folder, settings, from: null };
}
