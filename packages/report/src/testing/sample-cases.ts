import type { OkCase } from "@sebench/results";
import { failedCase, okCase, unavailableCase, untimedCase } from "./made-up-case.ts";
import { accuracyOf } from "./sample-accuracy.ts";
import { sampleStart } from "./sample-start.ts";

const swiftShader = {
  device: {
    name: "Google SwiftShader",
    details: { vendor: "google", architecture: "swiftshader", backend: "vulkan" },
  },
  attestation: {
    device: "webgpu",
    tf32: false,
    proven: true,
    reason: null,
    software: true,
    threads: null,
    evidence: {
      adapter: { vendor: "google", architecture: "swiftshader", isFallbackAdapter: true },
    },
  },
} as const satisfies Partial<OkCase>;

const node = { runtime: "onnxruntime-node/cpu", host: "node" } as const;
const bun = { runtime: "onnxruntime-node/cpu", host: "bun" } as const;
const wasm = { runtime: "onnxruntime-web/wasm", host: "chromium" } as const;
const webgpu = { runtime: "onnxruntime-web/webgpu", host: "chromium" } as const;

const quietRounds = Array.from({ length: 12 }, (_, round) => (round === 7 ? 0.62 : 0.02));

const evenly = (ms: number) => quietRounds.map((_, round) => ms + round / 100);

/**
 * The fields of a case that was calibrated and in which something disturbed one round of each
 * replica.
 */
const watched = {
  conditions: {
    replicas: Array.from({ length: 5 }, (_, replica) => ({
      foreignCores: quietRounds,
      load: quietRounds.map((cores) => 0.9 + cores + replica / 10),
      clockMHz: quietRounds.map(() => 2096),
      temperatureC: null,
      powerW: null,
      disturbed: [7],
      gpus: [{ name: "Tesla T4", clockMHz: 1590, temperatureC: 61, powerW: 69.5, throttled: true }],
    })),
    disturbedRounds: 5,
  },
  processor: {
    stepMs: 0.002,
    members: {
      plain: { usualRatio: 0.504, processorMs: Array.from({ length: 5 }, () => evenly(83.9)) },
      se: { usualRatio: 0.503, processorMs: Array.from({ length: 5 }, () => evenly(93.1)) },
    },
    heldUp: [[7], [], [7], [3, 7], []],
    overhead: null,
  },
  calibration: {
    measured: "2026-02-27T18:40:00.000Z",
    trials: 100,
    overhead: { run: 0, replica: 4e-6, round: 3e-5 },
    latency: { run: 1e-4, replica: 2e-5 },
    noiseFloor: 0.0083,
  },
} satisfies Partial<OkCase>;

const asTheOracle = accuracyOf({
  images: 1000,
  plain: { correct: 910, agreeing: 1000, onlyHere: 0, onlyOracle: 0 },
  se: { correct: 928, agreeing: 1000, onlyHere: 0, onlyOracle: 0 },
  onlySe: 31,
  onlyPlain: 13,
});

const nodeStart = sampleStart({
  stepsMs: [41, 24, 63, 512, 131],
  steadyMs: 42.4,
  MiB: [89, 7, 372, 384, 277, 166],
  loadedMiB: null,
});
const pageStart = sampleStart({
  stepsMs: [112, 486, 241, 377, 702],
  steadyMs: 498,
  MiB: [912, 94, 331, 372, 240, 239],
  loadedMiB: [0.38, 13.6, 97.5],
});

/** The cases of the sample run, with every kind of row that a report has to show. */
export const sampleCases = [
  okCase(
    { ...node, plain: "resnet50" },
    { plainMs: 42.4, ratio: 1.109, seed: 1 },
    { ...watched, start: nodeStart },
  ),
  okCase({ ...bun, plain: "resnet50" }, { plainMs: 42.6, ratio: 1.107, seed: 2 }),
  okCase(
    { ...wasm, plain: "resnet50" },
    { plainMs: 498, ratio: 1.031, seed: 3, prepareMs: 940, firstRunMs: 610 },
    { start: pageStart },
  ),
  okCase({ ...node, plain: "resnet50", batch: 8 }, { plainMs: 318, ratio: 1.086, seed: 4 }),
  okCase({ ...node, plain: "resnet18" }, { plainMs: 18.9, ratio: 1.031, spread: 0.002, seed: 5 }),
  okCase({ ...wasm, plain: "resnet18" }, { plainMs: 181, ratio: 1.002, spread: 0.006, seed: 6 }),
  // This case has enough samples for p99.
  okCase(
    { ...node, plain: "resnet20" },
    { plainMs: 0.612, ratio: 1.47, seed: 7, rounds: 20, runs: 5, prepareMs: 18, firstRunMs: 1.9 },
    { accuracy: asTheOracle },
  ),
  okCase(
    { ...wasm, plain: "resnet20" },
    { plainMs: 2.31, ratio: 1.22, seed: 8, prepareMs: 160, firstRunMs: 9 },
    { accuracy: asTheOracle },
  ),
  // In this case the CPU plays the GPU, and its ratios scatter.
  okCase(
    { ...webgpu, plain: "resnet20" },
    { plainMs: 44, ratio: 1.36, spread: 0.09, seed: 9, prepareMs: 420, firstRunMs: 820 },
    {
      ...swiftShader,
      start: { ok: false, reason: "this profile makes no fresh starts here", remedy: null },
      accuracy: accuracyOf({
        images: 64,
        plain: { correct: 58, agreeing: 64, onlyHere: 0, onlyOracle: 0 },
        se: { correct: 59, agreeing: 64, onlyHere: 0, onlyOracle: 0 },
        onlySe: 3,
        onlyPlain: 2,
      }),
    },
  ),
  // In this case the member with SE has wrong logits and loses accuracy.
  okCase(
    { runtime: "tfjs-web/webgl", host: "chromium", plain: "resnet20" },
    { plainMs: 1.1, ratio: 1.05, seed: 10 },
    {
      parity: {
        tolerance: 1e-4,
        plain: { maxAbs: 7e-6, relative: 3.1e-6, top1Agreement: 1, images: 16, pass: true },
        se: { maxAbs: null, relative: null, top1Agreement: 0.4375, images: 16, pass: false },
        wrong: {
          member: "se",
          node: "stage2/block0/squeeze/pool",
          operator: "globalAvgPool",
          role: "squeeze",
          stage: 2,
          block: 0,
          shape: [256, 1, 1],
          error: null,
          ownError: null,
          verdict: "operator",
          place: [17, 0, 0],
          given: null,
          expected: 0.81,
          inputs: [{ node: "stage2/block0/trunk/conv3", range: [-2.4, 3.1], error: 2.1e-6 }],
        },
      },
      accuracy: accuracyOf({
        images: 1000,
        plain: { correct: 910, agreeing: 1000, onlyHere: 0, onlyOracle: 0 },
        se: { correct: 700, agreeing: 711, onlyHere: 12, onlyOracle: 240 },
        onlySe: 40,
        onlyPlain: 250,
      }),
    },
  ),
  // This case has one replica, and so a ratio without an interval.
  okCase(
    { runtime: "tfjs-node/cpu", host: "node", plain: "resnet20" },
    { plainMs: 5.8, ratio: 1.31, seed: 11, replicas: 1, rounds: 2 },
    {
      accuracy: accuracyOf({
        images: 1000,
        plain: { correct: 910, agreeing: 1000, onlyHere: 0, onlyOracle: 0 },
        se: { correct: 927, agreeing: 998, onlyHere: 0, onlyOracle: 1 },
        onlySe: 30,
        onlyPlain: 13,
      }),
    },
  ),
  untimedCase({ runtime: "tfjs-web/webgpu", host: "chromium", plain: "resnet20" }, swiftShader),
  failedCase(
    { ...webgpu, plain: "resnet50" },
    {
      reason: "the browser was ended after 120 s: no round of se-resnet50 was done",
      remedy:
        "give it more time with --timeout 600, or a smaller network with --network se-resnet20",
      attestation: null,
    },
  ),
  failedCase(
    { runtime: "onnxruntime-node/webgpu", host: "node", plain: "resnet20" },
    {
      reason:
        "the device is not proven: 3 of 121 nodes ran on CPUExecutionProvider | \u001B[31m<img src=x onerror=alert(1)>\u001B[0m @nobody *said* `so`, and the message of the engine goes on for a good while longer than anyone would wish to read in the cell of a table",
      remedy: null,
      attestation: {
        device: "webgpu",
        tf32: false,
        proven: false,
        reason: "3 of 121 nodes ran on CPUExecutionProvider",
        software: true,
        threads: null,
        evidence: {
          plain: { providers: { WebGpuExecutionProvider: 57 }, operators: { Transpose: 2 } },
          se: {
            // Beside 116 nodes, the provider has two copies.
            providers: { WebGpuExecutionProvider: 118, CPUExecutionProvider: 3 },
            operators: { Transpose: 8, MemcpyToHost: 1, MemcpyFromHost: 1 },
            elsewhere: [
              { node: "stage2/block0/excite/gate", op: "Hardmax", why: "no kernel" },
              { node: "stage2/block0/excite/shape", op: "Shape", why: "integers" },
              { node: "stage2/block0/excite/gather", op: "Gather", why: "integers" },
            ],
            copies: { count: 2, ms: 0.417 },
          },
        },
      },
    },
  ),
  unavailableCase(
    { runtime: "onnxruntime-node/cuda", host: "node", plain: "resnet50" },
    "OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library libonnxruntime_providers_cuda.so",
    "on a machine with an NVIDIA GPU, run `pnpm bench doctor --fix` to fetch the CUDA provider",
  ),
  unavailableCase(
    { runtime: "onnxruntime-web/webgpu", host: "firefox", plain: "resnet50" },
    "Firefox is not installed",
    "install Firefox, or leave it out with --host node,chromium",
  ),
];
