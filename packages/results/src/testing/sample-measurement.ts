import { overheadEstimate, type Samples, seededRandom } from "@sebench/measure";
import {
  type Measurement,
  measurementVersion,
  overheadFields,
  thinnedMembers,
} from "../board/measurement.ts";

/** Samples of a member by replica, round and run, which vary by some percent. */
function samplesAround(ms: number, seed: number, rounds: number): Samples {
  const random = seededRandom(seed);
  return Array.from({ length: 5 }, () =>
    Array.from({ length: rounds }, () => [ms * (1 + 0.04 * random())]),
  );
}

/**
 * A measurement that a page made, which is believed.
 *
 * @param given.ratio The overhead that the samples are made for.
 * @param given.rounds The rounds of a replica.
 */
export function sampleMeasurement(
  given: { readonly ratio?: number; readonly rounds?: number; readonly seed?: number } = {},
): Measurement {
  const { ratio = 1.05, rounds = 40, seed = 1 } = given;
  const plain = samplesAround(20, seed, rounds);
  const se = samplesAround(20 * ratio, seed + 1, rounds);
  const replicas = plain.map((of, at) => ({
    members: { plain: { samplesMs: of }, se: { samplesMs: se[at]! } },
  }));
  const parity = { maxAbs: 2e-6, relative: 4e-7, top1Agreement: 1, images: 4, pass: true } as const;
  return {
    schema: measurementVersion,
    sebench: "0.1.0",
    day: "2026-11-30",
    device: {
      kind: "phone",
      name: "Pixel 9",
      system: "Android",
      processor: null,
      cores: 8,
      adapter: null,
    },
    host: {
      name: "chromium",
      version: "156",
      page: {
        secureContext: true,
        isolated: true,
        clockStepMs: 0.005,
        runsPerSample: 1,
        timesHidden: 0,
      },
    },
    subject: {
      runtime: "onnxruntime-web/wasm",
      engineVersion: "1.30.0",
      network: "mobilenet-v3-large",
      plain: "plain-mobilenet-v3-large",
      imageSize: 224,
      batch: 1,
      precision: "fp32",
      lowering: "gemm",
      weights: { kind: "seeded", seed: 1 },
      images: { dataset: "photographs", count: 4 },
      threads: null,
    },
    proof: {
      device: "wasm",
      proven: true,
      software: false,
      threads: 4,
      simd: true,
      tf32: false,
    },
    members: thinnedMembers({ plain, se }),
    overhead: overheadFields(overheadEstimate(replicas), "budget")!,
    parity: { tolerance: 1e-4, plain: parity, se: parity },
    logits: { plain: [1, 2, 3], se: [3, 2, 1] },
  };
}
