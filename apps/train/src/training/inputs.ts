import { findFashionMnist, openDataset, readFashionMnist } from "@sebench/datasets";
import { tfjsNodeCpu, tfjsNodeCuda } from "@sebench/runtime-tfjs-node";
import { openTraining } from "@sebench/runtime-tfjs-node/training";
import { readThreads, type SharedFlags } from "./flags.ts";
import type { TrainingSettings } from "./settings.ts";
import type { TrainingData, TrainingEngine } from "./train-network.ts";

const runtimes = { cpu: tfjsNodeCpu, cuda: tfjsNodeCuda } as const;

/** @throws InputError where Fashion-MNIST is not there */
export async function openData(
  { data }: Pick<SharedFlags, "data">,
  { imageSize: size }: Pick<TrainingSettings, "imageSize">,
): Promise<TrainingData> {
  const folder = findFashionMnist(data ?? null);
  const test = { directory: folder, split: "test", size, preprocessing: null } as const;
  return { train: await readFashionMnist(folder, "train"), test: await openDataset(test) };
}

/** @throws InputError where tfjs-node does not load, or has begun with other threads */
export async function openEngine(
  flags: Pick<SharedFlags, "device" | "threads">,
): Promise<TrainingEngine> {
  const device = flags.device ?? "cpu";
  const threads = readThreads(flags);
  const backend = await openTraining(device, threads);
  const engine = await runtimes[device].load({ threads, tf32: true });
  return { backend, engine };
}
