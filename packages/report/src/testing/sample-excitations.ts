import type { ExcitationBlock, ExcitationsRecord, GateReplacement } from "@sebench/results";
import { sampleRun } from "./sample-run.ts";

/**
 * The replacements of a gate by how much they harm. The untouched network has 360 of 400 images
 * right; the intervals and p come from SciPy.
 */
const replacements = {
  same: of(360, [0.8667, 0.9257], 0, 0, 1),
  close: of(358, [0.8611, 0.9214], 4, 6, 0.753_906_25),
  worse: of(350, [0.839, 0.9039], 2, 12, 0.012_939_453_125),
  bad: of(343, [0.8198, 0.8884], 3, 20, 0.000_488_281_25),
  broken: of(305, [0.7184, 0.8016], 5, 60, 4.869_560_700_851_427e-13),
  better: of(370, [0.895, 0.947], 12, 2, 0.012_939_453_125),
} as const;

function of(
  correct: number,
  interval: readonly [number, number],
  onlyChanged: number,
  onlyUntouched: number,
  p: number,
): GateReplacement {
  return { correct, top1: correct / 400, interval, onlyChanged, onlyUntouched, p };
}

const names = ["goldfish", "<b>pug</b>", "plane"];

/**
 * The values of a gate's channels, a wave over the channels; those of each class lie `spread`
 * above the last one's.
 */
function values(channels: number, spread: number): Pick<ExcitationBlock, "all" | "classes"> {
  const wave = (offset: number) =>
    Array.from({ length: channels }, (_, at) => (4 + (at % 3)) / 10 + offset);
  const deviation = Array.from({ length: channels }, () => 0.05 + spread);
  return {
    all: { mean: wave(0), deviation },
    classes: names.map((name, label) => {
      const images = [100, 140, 160][label]!;
      return { label, name, images, mean: wave((label - 1) * spread), deviation };
    }),
  };
}

const gate = "sigmoid" as const;

/**
 * The record of a made-up network of three blocks, the last with more channels than a panel draws.
 */
export const sampleExcitations: ExcitationsRecord = {
  schema: "sebench-excitations/1",
  run: {
    started: "2026-03-02T09:15:00.000Z",
    finished: "2026-03-02T09:19:41.000Z",
    sebench: "0.1.0",
    git: { commit: "4be1f0a2c7d95a3be0c6f51d2a9e8b7c6d5e4f30", dirty: false, branch: "main" },
    command: "pnpm bench excitations --network se-resnet20 --data images",
  },
  machine: sampleRun.machine,
  network: "se-resnet20",
  imageSize: 32,
  weights: { kind: "seeded", seed: 1, hash: { plain: "1f", se: "2e" } },
  dataset: {
    name: "images",
    identity: "9d41c0",
    preprocessing: "resized to 36, cropped to 32",
    classes: names,
  },
  images: 400,
  broken: [{ file: "pug/7.jpg", reason: "it is cut off" }],
  runtime: "onnxruntime-node/cpu",
  host: "node",
  engineVersion: "1.30.0",
  hostVersion: "v20.20.2",
  precision: "fp32",
  attestation: {
    device: "cpu",
    proven: true,
    reason: null,
    software: false,
    threads: 2,
    tf32: false,
    evidence: {},
  },
  drawn: [0, 2],
  untouched: { correct: 360, top1: 0.9, interval: [0.8667, 0.9257] },
  blocks: [
    {
      stage: 2,
      block: 1,
      node: "stage2/block0/excite/gate",
      gate,
      channels: 3,
      ...values(3, 0),
      betweenClasses: -0.004,
      replacedByMean: replacements.same,
      replacedByOne: replacements.worse,
    },
    {
      stage: 3,
      block: 1,
      node: "stage3/block0/excite/gate",
      gate,
      channels: 4,
      ...values(4, 0.1),
      betweenClasses: 0.6,
      replacedByMean: replacements.bad,
      replacedByOne: replacements.broken,
    },
    {
      stage: 3,
      block: 2,
      node: "stage3/block1/excite/gate",
      gate,
      channels: 52,
      ...values(52, 0.02),
      betweenClasses: null,
      replacedByMean: replacements.close,
      replacedByOne: replacements.better,
    },
  ],
};
