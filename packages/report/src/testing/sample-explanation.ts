import type {
  DifferencesRecord,
  ExplainedKernel,
  ExplanationPart,
  ExplanationRecord,
} from "@sebench/results";
import { sampleRun } from "./sample-run.ts";

type PartName = ExplanationPart["part"];

function part(
  name: PartName,
  ms: number,
  half: number,
  ...operators: readonly [op: string, plain: number, se: number, ms: number][]
): ExplanationPart {
  return {
    part: name,
    ms,
    interval: [ms - half, ms + half],
    operators: operators.map(([op, plain, se, own]) => ({ op, kernels: { plain, se }, ms: own })),
  };
}

/** A kernel in the first block of stage 2. */
function kernel(
  node: string,
  of: string | null,
  op: string,
  purpose: PartName,
  ms: number,
): ExplainedKernel {
  return { node, of, op, part: purpose, stage: 2, block: 0, ms };
}

const block = "stage2/block0";

const none: Record<PartName, number> = {
  squeeze: 0,
  excite: 0,
  scale: 0,
  fusions: 0,
  layout: 0,
  copies: 0,
  trunk: 0,
  other: 0,
};

const attestation = {
  device: "cpu",
  proven: true,
  reason: null,
  software: false,
  threads: 2,
  tf32: false,
  evidence: {},
} as const;

/**
 * The explanation of a made-up case in which a part saves time, one is empty, and a tenth is
 * unexplained.
 */
export const sampleExplanation: ExplanationRecord = {
  schema: "sebench-explanation/1",
  run: {
    started: "2026-03-02T09:15:00.000Z",
    finished: "2026-03-02T09:16:12.000Z",
    sebench: "0.1.0",
    git: { commit: "4be1f0a2c7d95a3be0c6f51d2a9e8b7c6d5e4f30", dirty: false, branch: "main" },
    command: "pnpm bench explain --network se-resnet50",
  },
  machine: sampleRun.machine,
  runtime: "onnxruntime-node/cpu",
  host: "node",
  engineVersion: "1.30.0",
  hostVersion: "v20.20.2",
  network: "se-resnet50",
  plain: "resnet50",
  imageSize: 224,
  batch: 1,
  precision: "fp32",
  lowering: "gemm",
  weights: { kind: "seeded", seed: 1, hash: { plain: "1f", se: "2e" } },
  attestation: { plain: attestation, se: attestation },
  replicas: 6,
  runs: { plain: 115, se: 114 },
  clock: "host",
  measured: { ms: 5, interval: [4.6, 5.4] },
  overhead: { ratio: 1.118, interval: [1.108, 1.128] },
  parts: [
    part("squeeze", 0.5, 0.1, ["GlobalAveragePool", 0, 16, 0.5]),
    part("excite", 0.8, 0.15, ["FusedGemm", 0, 32, 0.8]),
    part("scale", 1, 0.12, ["Mul", 0, 16, 1]),
    part("fusions", 0.9, 0.3, ["Add", 0, 16, 0.8], ["Relu", 0, 16, 0.6], ["Conv", 16, 16, -0.5]),
    part("layout", 1.6, 0.2, ["ReorderOutput", 1, 36, 1], ["ReorderInput", 0, 15, 0.6]),
    part("copies", 0.05, 0.1, ["Flatten", 1, 17, 0.03], ["Reshape", 0, 16, 0.02]),
    part("trunk", -0.55, 0.3, ["Conv", 37, 37, -0.55]),
    part("other", 0, 0),
  ],
  around: { ms: 0.2, interval: [0.1, 0.3] },
  unexplained: { ms: 0.5, interval: [0.2, 0.8] },
  stages: [
    {
      stage: 2,
      ms: 2.5,
      interval: [2.2, 2.8],
      parts: { ...none, squeeze: 0.3, excite: 0.2, scale: 0.6, fusions: 0.5, layout: 0.9 },
    },
    {
      stage: 5,
      ms: 1.65,
      interval: [1.2, 2.1],
      parts: {
        ...none,
        squeeze: 0.2,
        excite: 0.6,
        scale: 0.4,
        fusions: 0.4,
        layout: 0.7,
        trunk: -0.65,
      },
    },
    { stage: null, ms: 0.15, interval: [-0.1, 0.4], parts: { ...none, copies: 0.05, trunk: 0.1 } },
  ],
  profiler: {
    perKernelMs: 0.0163,
    members: {
      plain: {
        latencyMs: 42.4,
        profiledMs: 43.3,
        slowdown: { share: 0.0212, interval: [0.01, 0.032] },
        kernels: 58,
      },
      se: {
        latencyMs: 47.4,
        profiledMs: 51.2,
        slowdown: { share: 0.0802, interval: [0.06, 0.1] },
        kernels: 236,
      },
    },
  },
  // Those of the first block, so that the sample stays short.
  kernels: {
    plain: [
      { ...kernel("stem/relu_nchwc", "stem/relu", "Conv", "trunk", 4), stage: null, block: null },
      kernel(`${block}/trunk/relu1_nchwc`, `${block}/trunk/relu1`, "Conv", "trunk", 2.5),
      kernel(`${block}/trunk/conv2_nchwc`, `${block}/trunk/conv2`, "Conv", "fusions", 2),
    ],
    se: [
      { ...kernel("stem/relu_nchwc", "stem/relu", "Conv", "trunk", 4), stage: null, block: null },
      kernel(`${block}/trunk/relu1_nchwc`, `${block}/trunk/relu1`, "Conv", "trunk", 2.5),
      kernel(`${block}/trunk/conv2_nchwc`, `${block}/trunk/conv2`, "Conv", "fusions", 1.9),
      kernel("ReorderOutput_token_3", null, "ReorderOutput", "layout", 0.1001),
      kernel(`${block}/squeeze/pool`, `${block}/squeeze/pool`, "GlobalAveragePool", "squeeze", 0.2),
      kernel(`fused ${block}/excite/fc1`, `${block}/excite/fc1`, "FusedGemm", "excite", 0.05),
      kernel(`${block}/excite/fc1`, `${block}/excite/fc1`, "Cast", "copies", 0),
      kernel(`fused ${block}/excite/fc2`, `${block}/excite/fc2`, "FusedGemm", "excite", 0.07),
      kernel(`${block}/scale/mul`, `${block}/scale/mul`, "Mul", "scale", 0.3),
    ],
  },
};

/** The explanation by differences of a made-up case whose steps cost more alone than together. */
export const sampleDifferences: DifferencesRecord = {
  schema: "sebench-differences/1",
  run: { ...sampleExplanation.run, command: "pnpm bench explain --runtime litert-web/wasm" },
  machine: sampleRun.machine,
  runtime: "litert-web/wasm",
  host: "chromium",
  engineVersion: "2.5.3",
  hostVersion: "156.0",
  network: "se-resnet50",
  plain: "resnet50",
  imageSize: 224,
  batch: 1,
  precision: "fp32",
  lowering: "gemm",
  weights: sampleExplanation.weights,
  attestation: sampleExplanation.attestation,
  replicas: 6,
  rounds: 120,
  reason: "LiteRT.js tells no times of its operators",
  measured: { ms: 4, interval: [3.5, 4.5] },
  overhead: { ratio: 1.1, interval: [1.09, 1.11] },
  squeeze: { ms: 1, interval: [0.8, 1.2] },
  excite: { ms: 0.5, interval: [0.3, 0.7] },
  scale: { ms: 3, interval: [2.8, 3.2] },
  rest: { ms: -0.5, interval: [-0.9, -0.1] },
  latencyMs: {
    plain: 40,
    se: 44,
    "without squeeze": 43,
    "without excite": 43.5,
    "scale alone": 43,
  },
};
