import { caseId, type FailedCase, type OkCase, type UnavailableCase } from "@sebench/results";
import { type Behaviour, sampleMeasurement } from "./sample-measurement.ts";

const counts = {
  resnet50: { plain: [25_557_032, 4_089_184_256], se: [28_088_024, 4_091_699_200] },
  resnet18: { plain: [11_689_512, 1_814_073_344], se: [11_778_592, 1_814_159_360] },
  resnet20: { plain: [272_474, 31_245_376], se: [274_866, 31_247_464] },
} as const;
type PlainName = keyof typeof counts;

interface Place {
  readonly runtime: string;
  readonly host: OkCase["host"];
  readonly plain: PlainName;
  readonly batch?: number;
}

function identityOf({ runtime, host, plain, batch = 1 }: Place) {
  const parts = {
    runtime,
    host,
    network: `se-${plain}`,
    imageSize: plain === "resnet20" ? 28 : 224,
    batch,
    precision: "fp32" as const,
    lowering: "gemm",
  };
  return { id: caseId(parts), ...parts, plain };
}

const typical: Omit<Behaviour, "plainMs" | "ratio" | "seed"> = {
  spread: 0.004,
  replicas: 5,
  rounds: 12,
  runs: 3,
  prepareMs: 210,
  firstRunMs: 61,
};

type Given = Pick<Behaviour, "plainMs" | "ratio" | "seed"> & Partial<Behaviour>;

function okCase(place: Place, given: Given, changes: Partial<OkCase> = {}): OkCase {
  const identity = identityOf(place);
  const measured = sampleMeasurement({ ...typical, ...given }, identity.batch);
  const member = (name: "plain" | "se") => {
    const [parameters, macs] = counts[place.plain][name];
    return { parameters, macs, ...measured.members[name] };
  };
  const [, device] = place.runtime.split("/");
  const agreement = { maxAbs: 6.1e-7, relative: 1.8e-7, top1Agreement: 1, images: 16, pass: true };
  return {
    ...identity,
    status: "ok",
    engineVersion: "1.30.0",
    hostVersion: hostVersions[place.host],
    device: { name: "AMD EPYC", details: { threads: 2, simd: true } },
    threads: null,
    weights: {
      kind: "seeded",
      seed: 1,
      hash: { plain: "5f1c".repeat(16), se: "9b07".repeat(16) },
    },
    images: { dataset: place.plain === "resnet20" ? "fashion-mnist" : "photographs", count: 16 },
    batchNorm: "folded",
    quantisation: null,
    attestation: {
      device: device as OkCase["attestation"]["device"],
      tf32: false,
      proven: true,
      reason: null,
      software: false,
      threads: device === "cpu" || device === "wasm" ? 2 : null,
      evidence: { plain: { providers: { [device!]: 57 } }, se: { providers: { [device!]: 121 } } },
    },
    preparedFirst: measured.preparedFirst,
    members: { plain: member("plain"), se: member("se") },
    overhead: measured.overhead,
    parity: { tolerance: 1e-4, plain: agreement, se: { ...agreement, relative: 2.4e-7 } },
    conditions: null,
    calibration: null,
    accuracy: null,
    ...changes,
  };
}

const hostVersions: Record<OkCase["host"], string> = {
  node: "v20.20.2",
  bun: "1.4.5",
  deno: "2.9.6",
  chromium: "147.0.7727.15",
  firefox: "154.0",
};

function failedCase(
  place: Place,
  rest: Pick<FailedCase, "reason" | "remedy" | "attestation">,
): FailedCase {
  return { ...identityOf(place), status: "failed", ...rest };
}

function unavailableCase(place: Place, reason: string, remedy: string): UnavailableCase {
  return { ...identityOf(place), status: "unavailable", reason, remedy };
}

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

/** Calibrated, and with one round in each replica that something disturbed. */
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
  calibration: {
    measured: "2026-02-27T18:40:00.000Z",
    trials: 100,
    overhead: { run: 0, replica: 4e-6, round: 3e-5 },
    latency: { run: 1e-4, replica: 2e-5 },
    noiseFloor: 0.0083,
  },
} satisfies Partial<OkCase>;

/** Every kind of row that a report has to show. */
export const sampleCases = [
  okCase({ ...node, plain: "resnet50" }, { plainMs: 42.4, ratio: 1.109, seed: 1 }, watched),
  okCase({ ...bun, plain: "resnet50" }, { plainMs: 42.6, ratio: 1.107, seed: 2 }),
  okCase(
    { ...wasm, plain: "resnet50" },
    { plainMs: 498, ratio: 1.031, seed: 3, prepareMs: 940, firstRunMs: 610 },
  ),
  okCase({ ...node, plain: "resnet50", batch: 8 }, { plainMs: 318, ratio: 1.086, seed: 4 }),
  okCase({ ...node, plain: "resnet18" }, { plainMs: 18.9, ratio: 1.031, spread: 0.002, seed: 5 }),
  okCase({ ...wasm, plain: "resnet18" }, { plainMs: 181, ratio: 1.002, spread: 0.006, seed: 6 }),
  // Enough samples for p99.
  okCase(
    { ...node, plain: "resnet20" },
    { plainMs: 0.612, ratio: 1.47, seed: 7, rounds: 20, runs: 5, prepareMs: 18, firstRunMs: 1.9 },
  ),
  okCase(
    { ...wasm, plain: "resnet20" },
    { plainMs: 2.31, ratio: 1.22, seed: 8, prepareMs: 160, firstRunMs: 9 },
    {
      weights: {
        kind: "checkpoint",
        files: {
          se: { name: "se-resnet20.safetensors", keys: "timm", sha256: "5e".repeat(32) },
          plain: { name: "resnet20.safetensors", keys: "plain", sha256: "91".repeat(32) },
        },
        hash: { plain: "11".repeat(32), se: "22".repeat(32) },
      },
      accuracy: {
        dataset: "fashion-mnist",
        images: 10_000,
        plain: { top1: 0.9243, interval: [0.9189, 0.9294] },
        se: { top1: 0.9275, interval: [0.9222, 0.9325] },
      },
    },
  ),
  // The CPU plays the GPU, and its ratios scatter.
  okCase(
    { ...webgpu, plain: "resnet20" },
    { plainMs: 44, ratio: 1.36, spread: 0.09, seed: 9, prepareMs: 420, firstRunMs: 820 },
    swiftShader,
  ),
  // Wrong logits of the member with SE.
  okCase(
    { runtime: "tfjs-web/webgl", host: "chromium", plain: "resnet20" },
    { plainMs: 1.1, ratio: 1.05, seed: 10 },
    {
      parity: {
        tolerance: 1e-4,
        plain: { maxAbs: 7e-6, relative: 3.1e-6, top1Agreement: 1, images: 16, pass: true },
        se: { maxAbs: null, relative: null, top1Agreement: 0.4375, images: 16, pass: false },
      },
    },
  ),
  // One replica: a ratio, and no interval.
  okCase(
    { runtime: "tfjs-node/cpu", host: "node", plain: "resnet20" },
    { plainMs: 5.8, ratio: 1.31, seed: 11, replicas: 1, rounds: 2 },
  ),
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
        evidence: { providers: { webgpu: 118, cpu: 3 } },
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
