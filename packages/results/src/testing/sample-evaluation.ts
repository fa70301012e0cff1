import type { Answered, EvaluationRecord } from "../evaluation/evaluation-record.ts";
import { evaluationVersion } from "../evaluation/evaluation-record.ts";
import { sampleHeader } from "./sample-run.ts";

const attestation = {
  device: "cpu",
  proven: true,
  reason: null,
  software: false,
  threads: 1,
  tf32: false,
  evidence: {},
} as const;

/** The answers of a runtime that has each image right, except for those given. */
export function sampleAnswers(
  runtime: string,
  labels: readonly number[],
  wrong: { readonly plain: readonly number[]; readonly se: readonly number[] },
): Answered {
  const member = (images: readonly number[]) => ({
    top: labels.map((label, image) => (images.includes(image) ? (label + 1) % 10 : label)),
    rank: labels.map((_, image) => (images.includes(image) ? 6 : 0)),
  });
  return {
    runtime,
    host: "node",
    status: "ok",
    engineVersion: "1.0",
    hostVersion: "v20",
    attestation,
    plain: member(wrong.plain),
    se: member(wrong.se),
  };
}

/**
 * An evaluation of ten images of ten classes, of which plain has two wrong, SE one, and a
 * second runtime one more.
 */
export function sampleEvaluation(change: Partial<EvaluationRecord> = {}): EvaluationRecord {
  const labels = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const { run, machine } = sampleHeader;
  return {
    schema: evaluationVersion,
    parts: [
      {
        started: run.started,
        finished: run.started,
        sebench: "0.1.0",
        git: null,
        command: "pnpm bench eval",
        shard: null,
        machine,
      },
    ],
    network: "se-resnet8",
    plain: "resnet8",
    imageSize: 32,
    precision: "fp32",
    weights: { kind: "trained", dataset: "fashion-mnist", hash: { plain: "aa", se: "bb" } },
    dataset: {
      name: "ten images",
      identity: "cc",
      preprocessing: "as they are",
      classes: labels.map((label) => `class ${label}`),
    },
    labels,
    broken: [],
    oracle: { images: [0, 1, 2], top: { plain: [0, 1, 3], se: [0, 1, 2] } },
    answers: [
      sampleAnswers("onnxruntime-node/cpu", labels, { plain: [2, 5], se: [5] }),
      sampleAnswers("onnxruntime-web/wasm", labels, { plain: [2, 5], se: [5, 7] }),
    ],
    ...change,
  };
}
