import { existsSync } from "node:fs";
import { join } from "node:path";
import { interruptible, say } from "@sebench/cli";
import { findFashionMnist, openDataset, readFashionMnist } from "@sebench/datasets";
import { tfjsNodeCpu, tfjsNodeCuda } from "@sebench/runtime-tfjs-node";
import { openTraining } from "@sebench/runtime-tfjs-node/training";
import { buildNetwork, InputError } from "@sebench/spec";
import { readCheckpoint } from "./checkpoint.ts";
import { progressLine } from "./progress-line.ts";
import type { TrainingSettings } from "./settings.ts";
import { readSettings, readThreads, type TrainFlags } from "./train-flags.ts";
import {
  type TrainingData,
  type TrainingEngine,
  trainNetwork,
  type TrainingRun,
} from "./train-network.ts";

const runtimes = { cpu: tfjsNodeCpu, cuda: tfjsNodeCuda } as const;
const interrupted = 130;

/** Trains one network, or goes on with one. Returns the exit code. */
export async function train(flags: TrainFlags): Promise<number> {
  const run = await openRun(flags);
  const { settings, from, folder } = run;
  if (from && from.epoch >= settings.epochs) {
    say(`${folder} is trained: ${from.epoch} of ${settings.epochs} epochs`);
    return 0;
  }
  const data = await readData(flags.data ?? null, settings);
  const engine = await openEngine(flags);
  const stopped = await interruptible((signal) =>
    trainNetwork(run, data, engine, progressLine(process.stderr, settings.network), signal),
  );
  if (!stopped) return 0;
  say(`interrupted; go on with: pnpm train --resume ${folder}`);
  return interrupted;
}

async function openRun(flags: TrainFlags): Promise<TrainingRun> {
  if (flags.resume !== undefined) {
    const from = await readCheckpoint(flags.resume, (name) => buildNetwork(name));
    return { folder: flags.resume, settings: from.settings, from };
  }
  const settings = readSettings(flags);
  const folder = flags.out ?? join("training", settings.network, `seed-${settings.seed}`);
  if (existsSync(join(folder, "log.jsonl"))) {
    throw new InputError(`${folder} holds a run`, {
      remedy: `go on with it: --resume ${folder}; or give another --out`,
    });
  }
  return { folder, settings, from: null };
}

async function readData(
  directory: string | null,
  { imageSize: size }: TrainingSettings,
): Promise<TrainingData> {
  const folder = findFashionMnist(directory);
  const test = { directory: folder, split: "test", size, preprocessing: null } as const;
  return { train: await readFashionMnist(folder, "train"), test: await openDataset(test) };
}

async function openEngine(flags: TrainFlags): Promise<TrainingEngine> {
  const device = flags.device ?? "cpu";
  const threads = readThreads(flags);
  const backend = await openTraining(device, threads);
  const engine = await runtimes[device].load({ threads, tf32: true });
  return { backend, engine };
}
