import { type CaseParts, caseId } from "../case/case-id.ts";
import type { FailedCase, OkCase, UntimedCase } from "../case/case-record.ts";
import type { MemberRecord } from "../case/member-record.ts";
import type { RunHeader } from "../run/run-record.ts";

export const sampleHeader: RunHeader = {
  run: {
    id: "2026-03-02T09-15-00Z",
    started: "2026-03-02T09:15:00.000Z",
    finished: null,
    interrupted: false,
    profile: "quick",
    seed: 1,
    git: { commit: "0123456789abcdef0123456789abcdef01234567", dirty: false, branch: "main" },
    sebench: "0.1.0",
    shard: null,
    command: "pnpm bench",
  },
  machine: {
    key: "0123456789abcdef",
    os: { platform: "linux", name: "Debian GNU/Linux 12", kernel: "6.1.0", architecture: "x64" },
    cpu: {
      model: "AMD EPYC",
      logicalCores: 2,
      physicalCores: 2,
      usableCores: 2,
      coreLimit: null,
      flags: ["avx2"],
      governor: null,
    },
    memory: { totalBytes: 25_276_026_880, limitBytes: null },
    node: "v20.20.2",
    gpus: [],
    container: null,
  },
};

const parts = {
  runtime: "onnxruntime-node/cpu",
  host: "node",
  network: "se-resnet20",
  imageSize: 32,
  batch: 1,
  precision: "fp32",
  lowering: "gemm",
} as const satisfies CaseParts;

/** A failed case of the given network. */
export function failedCase(network: string): FailedCase {
  const own = { ...parts, network };
  return {
    id: caseId(own),
    ...own,
    plain: network.replace("se-", ""),
    status: "failed",
    reason: "the process was killed",
    remedy: null,
    attestation: null,
  };
}

/** A case that ran and was not timed, whose parity holds or not. */
export function untimedCase(parityOfSe = true): UntimedCase {
  const made = okCase();
  const { parity } = made;
  const { parameters, macs } = made.members.se;
  const member = { parameters, macs, prepareMs: 4, firstRunMs: 2937 };
  return {
    ...parts,
    id: made.id,
    plain: made.plain,
    status: "untimed",
    reason: "the CPU plays the GPU",
    remedy: "give --budget 20",
    engineVersion: made.engineVersion,
    hostVersion: made.hostVersion,
    hostStart: made.hostStart,
    device: made.device,
    threads: made.threads,
    weights: made.weights,
    images: made.images,
    batchNorm: made.batchNorm,
    quantisation: made.quantisation,
    attestation: made.attestation,
    preparedFirst: "se",
    members: { plain: member, se: member },
    parity: { ...parity, se: { ...parity.se, pass: parityOfSe } },
  };
}

/** A case that ran, with the given samples by replica, round and run. */
export function okCase(samplesMs: MemberRecord["samplesMs"] = [[[1, 2]]]): OkCase {
  const member: MemberRecord = {
    parameters: 270_000,
    macs: 41_000_000,
    prepareMs: { median: 12, replicas: [12] },
    firstRunMs: { median: 3, replicas: [3] },
    warmUpRuns: [10],
    steady: [true],
    latencyMs: {
      n: 2,
      min: 1,
      mean: 1.5,
      p50: 1.5,
      p50Interval: null,
      p90: null,
      p90Interval: null,
      p99: null,
      p99Interval: null,
      outliers: 0,
    },
    imagesPerSecond: 666.7,
    peakRssBytes: null,
    samplesMs,
  };
  const parity = { maxAbs: 1e-6, relative: 1e-6, top1Agreement: 1, images: 4, pass: true };
  return {
    id: caseId(parts),
    ...parts,
    plain: "resnet20",
    status: "ok",
    engineVersion: "1.30.0",
    hostStart: { quiet: ["ORT_DISABLE_TELEMETRY=1"], sandbox: null },
    hostVersion: "v20.20.2",
    device: { name: "AMD EPYC", details: { threads: 2 } },
    threads: null,
    weights: { kind: "seeded", seed: 1, hash: { plain: "aa", se: "bb" } },
    images: { dataset: "fashion-mnist", count: 4 },
    batchNorm: "folded",
    quantisation: null,
    attestation: {
      device: "cpu",
      tf32: false,
      proven: true,
      reason: null,
      software: false,
      threads: 2,
      evidence: {},
    },
    preparedFirst: ["plain"],
    members: { plain: member, se: member },
    overhead: { ratio: 1.05, interval: null, replicas: [1.05], rounds: 1, stopped: "budget" },
    conditions: null,
    processor: null,
    calibration: null,
    parity: { tolerance: 1e-4, plain: parity, se: parity },
    accuracy: null,
    bound: null,
    besideForms: [],
    time: null,
    start: null,
  };
}
