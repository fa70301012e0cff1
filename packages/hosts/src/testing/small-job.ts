import type { MeasureJob } from "@sebench/jobs";

/** A job with the smallest pair, for tests of what runs it. */
export const smallJob: MeasureJob = {
  kind: "measure",
  runtime: "onnxruntime-web/wasm",
  engine: { threads: 1 },
  members: {
    kind: "networks",
    pair: {
      networks: { plain: "resnet8", se: "se-resnet8" },
      imageSize: 28,
      weights: { kind: "seeded", seed: 1 },
      images: { dataset: "fashion-mnist", count: 2 },
    },
    forms: [{ lowering: "gemm" }],
  },
  measure: { batch: 1, precision: "fp32", budgetMs: 1500, minReplicas: 1, maxReplicas: 1 },
  labelled: null,
};

/** The job with a budget that no test waits for. */
export const endlessJob: MeasureJob = {
  ...smallJob,
  measure: { ...smallJob.measure, budgetMs: 300_000, minRounds: 1_000_000 },
};
