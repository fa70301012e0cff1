import { type Soaked, type SoakRecord, soakVersion } from "../study/soak-record.ts";
import { sampleHeader } from "./sample-run.ts";

const subject = {
  network: "se-resnet8",
  imageSize: 32,
  batch: 1,
  precision: "fp32",
  lowering: "gemm",
} as const;
const onNode = { runtime: "onnxruntime-node/cpu", host: "node", ...subject } as const;
const inPage = { runtime: "onnxruntime-web/wasm", host: "chromium", ...subject } as const;
const versions = { engineVersion: "1.30.0", hostVersion: "v20.20.2" };

const MiB = 2 ** 20;

/** A session of `runs` runs that holds, in which memory grows by `bytesPerRun`. */
function soakedOf(runs: number, bytesPerRun: number): Soaked {
  const steps = Array.from({ length: 21 }, (_, at) => Math.round((runs * at) / 20));
  const parity = { maxAbs: 3e-6, relative: 3.4e-7, top1Agreement: 1, images: 1, pass: true };
  return {
    runs,
    parity: {
      tolerance: 1e-4,
      checkpoints: [1, 2, 100, runs].map((run) => Object.assign({ run }, parity)),
    },
    changedAt: null,
    latency: {
      windows: steps.slice(2).map((run) => ({ run, medianMs: 0.27 + run / 1e6 })),
      firstMs: 0.2701,
      lastMs: 0.2709,
      drift: { ratio: 1.003, interval: [0.998, 1.008] },
    },
    memory: {
      readings: steps.map((run) => ({
        run,
        residentBytes: 140 * MiB + run * bytesPerRun,
        proportionalBytes: 111 * MiB + run * bytesPerRun,
      })),
      growth: {
        bytesPerRun,
        interval: [bytesPerRun - 960, bytesPerRun + 1040],
        of: "proportional",
      },
    },
  };
}

const attestation = {
  device: "cpu",
  proven: true,
  reason: null,
  software: false,
  threads: 1,
  tf32: false,
  evidence: {},
} as const;

const well = soakedOf(1000, 160);
const leaking = soakedOf(1000, 40_960);
const wrong = { maxAbs: null, relative: null, top1Agreement: 0, pass: false };

/**
 * A soak of made-up sessions: one that lasted, one that leaks and goes wrong, one that threw, one
 * whose page crashed, and a runtime that is not there.
 */
export const sampleSoak: SoakRecord = {
  schema: soakVersion,
  run: {
    started: "2026-03-02T09:15:00.000Z",
    finished: "2026-03-02T09:16:12.000Z",
    sebench: "0.1.0",
    git: null,
    command: "pnpm bench soak --runs 1000",
  },
  machine: sampleHeader.machine,
  runs: 1000,
  threads: 1,
  seed: 1,
  mostGrowth: 16 * 1024,
  rows: [
    { ...onNode, ...versions, status: "ok", attestation, soaked: well },
    {
      ...onNode,
      network: "resnet8",
      ...versions,
      status: "ok",
      attestation,
      soaked: {
        ...leaking,
        changedAt: 57,
        parity: {
          tolerance: 1e-4,
          checkpoints: leaking.parity.checkpoints.map((each) =>
            each.run < 100 ? each : Object.assign({}, each, wrong),
          ),
        },
      },
    },
    {
      ...inPage,
      ...versions,
      status: "died",
      diedAt: { run: 523, exact: true },
      reason: "memory access out of bounds",
      remedy: null,
      soaked: { ...soakedOf(522, 160), latency: null },
    },
    {
      ...inPage,
      network: "resnet8",
      ...versions,
      status: "died",
      diedAt: { run: 500, exact: false },
      reason: "the page crashed",
      remedy: "try another browser with --browser PATH",
      soaked: null,
    },
    {
      ...onNode,
      runtime: "onnxruntime-node/cuda",
      status: "unavailable",
      reason: "there is no NVIDIA GPU",
      remedy: "run it on a machine that has one",
    },
  ],
};
