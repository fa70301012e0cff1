import { readConfig } from "@sebench/bench";
import {
  calibrationTable,
  differencesHtml,
  differencesMarkdown,
  differencesTable,
  excitationsHtml,
  excitationsMarkdown,
  excitationsTable,
  explanationHtml,
  explanationMarkdown,
  explanationTable,
  tuningTable,
} from "@sebench/report";
import { sampleDifferences, sampleExcitations, sampleExplanation } from "@sebench/report/testing";
import {
  judgeBudgets,
  parseBudgetConfig,
  readCalibration,
  readDifferences,
  readExcitations,
  readExplanation,
  readTuning,
  summarizeCalibration,
  type TuningRecord,
} from "@sebench/results";
import { okCase, sampleCircumstances, sampleHeader, sampleTrial } from "@sebench/results/testing";
import { dirname } from "node:path";
import { fromFile, type OpenReaders } from "./reader.ts";
import { json, withoutScripts } from "./records.ts";

const terminal = { color: false, width: 120 };
const { machine } = sampleHeader;

export const open: OpenReaders = (folder) => [
  {
    name: "studies/calibration",
    seeds: [json(calibration)],
    share: 0.5,
    read: fromFile(folder, `calibration/${machine.key}.json`, async (path) => {
      const record = await readCalibration(dirname(path), machine.key);
      for (const subject of record!.subjects) summarizeCalibration(subject);
      return { table: calibrationTable(record!) };
    }),
  },
  {
    name: "studies/tuning",
    seeds: [json(tuning)],
    read: fromFile(folder, `tuning/${machine.key}.json`, async (path) => {
      const record = await readTuning(dirname(path), machine.key);
      return { table: tuningTable(record!.tunings, terminal) };
    }),
  },
  {
    name: "studies/differences",
    seeds: [json(sampleDifferences)],
    read: fromFile(folder, "differences.json", async (path) => {
      const record = await readDifferences(path);
      return {
        markdown: differencesMarkdown(record),
        html: withoutScripts(differencesHtml(record)),
        table: differencesTable(record, terminal),
      };
    }),
  },
  {
    name: "studies/explanation",
    seeds: [json(sampleExplanation)],
    read: fromFile(folder, "explanation.json", async (path) => {
      const record = await readExplanation(path);
      return {
        markdown: explanationMarkdown(record),
        html: withoutScripts(explanationHtml(record)),
        table: explanationTable(record, terminal),
      };
    }),
  },
  {
    name: "studies/excitations",
    seeds: [json({ ...sampleExcitations, blocks: sampleExcitations.blocks.slice(0, 2) })],
    read: fromFile(folder, "excitations.json", async (path) => {
      const record = await readExcitations(path);
      return {
        markdown: excitationsMarkdown(record),
        html: withoutScripts(excitationsHtml(record)),
        table: excitationsTable(record, terminal),
      };
    }),
  },
  {
    name: "studies/budgets",
    seeds: [json(budgets)],
    read: fromFile(folder, "sebench.config.json", async (path) => {
      const config = await readConfig(path);
      judgeBudgets(parseBudgetConfig(config, path).budgets, [okCase()]);
    }),
  },
];

const calibration = {
  schema: "sebench-calibration/1",
  machine,
  subjects: [
    { ...sampleCircumstances, trials: [sampleTrial(0), sampleTrial(0.01), sampleTrial(0.02)] },
  ],
};

const ratio = { ratio: 1.1, interval: [1.05, 1.15] } as const;

const tuning: TuningRecord = {
  schema: "sebench-tuning/1",
  machine,
  tunings: [
    {
      runtime: "onnxruntime-node/cpu",
      host: "node",
      network: "se-resnet20",
      imageSize: 32,
      batch: 1,
      precision: "fp32",
      threads: null,
      engineVersion: "1.30.0",
      hostVersion: "v20.20.2",
      tuned: "2026-03-02T09:15:00.000Z",
      seed: 1,
      seconds: 60,
      naive: "gemm",
      lowering: "2-4:squeeze-fold+scale-fold",
      plainMs: 1.5,
      overhead: { naive: ratio, tuned: ratio },
      gain: ratio,
    },
  ],
};

const budgets = {
  budgets: [
    { runtime: "onnxruntime-node/cpu", network: "se-resnet20", maxOverhead: 0.06, imageSize: 32 },
    {
      network: "se-resnet20",
      host: "node",
      batch: 1,
      precision: "fp32",
      lowering: "gemm",
      maxLatencyMs: 3,
    },
  ],
  cannotTell: "fail",
};
