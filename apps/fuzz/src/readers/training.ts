import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildNetwork } from "@sebench/spec";
import {
  ablationMarkdown,
  ablationTable,
  defaultSettings,
  readCheckpoint,
  readRuns,
  writeCheckpoint,
} from "@sebench/train";
import { seededWeights } from "@sebench/weights";
import { fromFile, type OpenReaders } from "./reader.ts";
import { seedsOf } from "./weights.ts";

const network = buildNetwork("se-resnet8");
const settings = { ...defaultSettings, network: network.name };

export const open: OpenReaders = async (folder) => {
  const other = join(folder, "runs/resnet8/seed-1/log.jsonl");
  mkdirSync(dirname(other), { recursive: true });
  writeFileSync(other, logOf("resnet8"));
  return [
    {
      name: "training/log",
      seeds: [{ form: "jsonLines", content: logOf("se-resnet8") }],
      read: fromFile(folder, "runs/se-resnet8/seed-1/log.jsonl", async () => {
        const table = ablationTable(await readRuns(join(folder, "runs")));
        return { markdown: ablationMarkdown(table) };
      }),
    },
    {
      name: "training/checkpoint",
      seeds: seedsOf(await checkpoint(join(folder, "checkpoint"))),
      share: 0.2,
      read: fromFile(folder, "checkpoint/checkpoint.safetensors", async (path) => {
        const { epoch } = await readCheckpoint(dirname(path), () => network);
        return { epoch: String(epoch) };
      }),
    },
  ];
};

async function checkpoint(folder: string): Promise<Uint8Array> {
  mkdirSync(folder, { recursive: true });
  const weights = seededWeights(network, 1);
  await writeCheckpoint(folder, { settings, epoch: 2, weights, velocities: weights });
  return new Uint8Array(readFileSync(join(folder, "checkpoint.safetensors")));
}

function logOf(name: string): string {
  const own = { ...settings, network: name, epochs: 1 };
  const start = {
    kind: "start",
    schema: "sebench-training/1",
    time: "2026-03-02T09:15:00.000Z",
    settings: own,
    parameters: 78_000,
    stepsPerEpoch: 2,
    version: "4.22.0",
    machine: "AMD EPYC, 2 cores",
  };
  const step = { kind: "step", step: 1, epoch: 1, rate: 0.1, loss: 2.3, correct: 12 };
  const test = { images: 100, correct: 80, top1: 0.8 };
  const epoch = { kind: "epoch", epoch: 1, loss: 2, trainTop1: 0.5, test, seconds: 3 };
  return [start, step, epoch].map((entry) => `${JSON.stringify(entry)}\n`).join("");
}
