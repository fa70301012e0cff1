import type { EvaluationRecord } from "@sebench/results";
import type * as report from "../index.ts";
import { sampleRun } from "./sample-run.ts";

const okCase = sampleRun.cases.find((record) => record.status === "ok");
const answers = { top: [0, 1], rank: [0, 0] };
const place = { runtime: "onnxruntime-node/cpu", host: "node" };
/** An evaluation of two images, one runtime of which failed. */
export const sampleEvaluation: EvaluationRecord = {
  schema: "sebench-evaluation/1",
  parts: [
    {
      started: sampleRun.run.started,
      finished: sampleRun.run.started,
      sebench: "0.1.0",
      git: sampleRun.run.git,
      command: "pnpm bench eval",
      shard: null,
      machine: sampleRun.machine,
    },
  ],
  network: "se-resnet20",
  plain: "resnet20",
  imageSize: 32,
  precision: "fp32",
  weights: okCase!.weights,
  dataset: { name: "birds", identity: "1", preprocessing: "timm", classes: ["a", "b"] },
  labels: [0, 1],
  broken: [{ file: "a.png", reason: "it is cut off" }],
  oracle: { images: [0], top: { plain: [0], se: [0] } },
  answers: [
    {
      ...place,
      status: "ok",
      engineVersion: "1",
      hostVersion: "20",
      attestation: okCase!.attestation,
      plain: answers,
      se: answers,
    },
    { ...place, host: "bun", status: "failed", reason: "it hung", remedy: "wait" },
  ],
};

/* What other commands print, with a text at every place that takes one. */

const ratio = { ratio: 1.1, interval: null };

export function tuningOf(text: string): Parameters<typeof report.tuningTable>[0][number] {
  return {
    ...okCase!,
    runtime: text,
    network: text,
    lowering: text,
    naive: text,
    tuned: sampleRun.run.started,
    seed: 1,
    seconds: 1,
    plainMs: 1,
    overhead: { naive: ratio, tuned: ratio },
    gain: ratio,
  };
}

export function optimizationOf(text: string): Parameters<typeof report.optimizationTable>[0] {
  const file = { file: text, sha256: text, bytes: 10, nodes: 2, medianMs: 1 };
  const refused = [
    { at: text, why: text },
    { at: text, why: text },
  ];
  return {
    schema: "sebench-optimization/1",
    runtime: text,
    host: text,
    engineVersion: text,
    threads: null,
    seed: 1,
    inputs: { [text]: [1, 3] },
    passes: [{ pass: text, outcome: "failed", places: 1, gain: ratio, reason: text, refused }],
    before: file,
    after: file,
    gain: ratio,
    replicas: [1, 1],
    parity: { relative: 0, reference: "oracle", tolerance: 1e-4, pass: true, still: [text] },
  };
}

export function halfStudyOf(text: string): Parameters<typeof report.halfText>[0] {
  const right = { error: 1e-3, verdict: "right" } as const;
  const overflows = { error: null, verdict: "overflows" } as const;
  return {
    network: text,
    imageSize: 32,
    lowering: text,
    precision: "fp16",
    weights: text,
    dataset: text,
    images: 1,
    tolerance: 1e-2,
    blocks: [
      {
        node: text,
        role: text,
        stage: 2,
        block: 0,
        pixels: 49,
        largestValue: 1,
        largestMean: 1,
        largestSum: 49,
        margin: 1337,
        orders: { sequential: overflows, pairwise: right, "by rows": right },
      },
    ],
    logits: [
      {
        mean: "sequential",
        relative: null,
        top1Agreement: 0,
        pass: false,
        firstNotFinite: text,
      },
    ],
  };
}

export function bisectionOf(text: string): Parameters<typeof report.bisectionText>[0][number] {
  return {
    runtime: text,
    host: text,
    network: text,
    imageSize: 32,
    batch: 1,
    precision: text,
    lowering: text,
    engineVersion: text,
    hostVersion: text,
    images: 4,
    parity: { relative: 1, maxAbs: 1, top1Agreement: 0.5, tolerance: 1e-4, pass: false },
    image: 0,
    blocks: [{ node: text, stage: 2, block: 0, map: 0.1, gate: null, product: 0.2 }],
    wrong: {
      role: text,
      stage: 2,
      block: 0,
      node: text,
      operator: text,
      shape: [1, 2, 2],
      error: 1,
      ownError: 1,
      verdict: "operator",
      place: [0, 1, 1],
      given: 1,
      expected: 2,
      inputs: [{ node: text, range: [0, 1], error: 0 }],
    },
  };
}

export function boundedOf(text: string): Parameters<typeof report.boundTable>[0][number] {
  const bound = {
    ratio: 1.01,
    milliseconds: 0.6,
    macs: 3e6,
    bytes: 6e6,
    peakMacsPerSecond: 8e10,
    bytesPerSecond: 1e10,
  };
  return {
    runtime: text,
    network: text,
    lowering: text,
    imageSize: 32,
    batch: 1,
    plainMs: 1,
    overhead: ratio,
    bound,
  };
}
