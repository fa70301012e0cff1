import { type CaseSummary, historySchema, type MeasuredSummary } from "../history/case-summary.ts";

const machine = "0123456789abcdef";
const id = "onnxruntime-node/cpu|node|se-resnet20|32|b1|fp32|gemm";

/**
 * The values of five replicas around a value; the variance of their logarithms is 2.5
 * times the spread squared.
 */
export function replicasAround(value: number, spread = 0.001): number[] {
  return [-2, -1, 0, 1, 2].map((step) => value * Math.exp(step * spread));
}

/** The summary of a case that ran, with an overhead of 5 %. */
export function sampleSummary(
  changes: Partial<CaseSummary> = {},
  figures: Partial<MeasuredSummary> = {},
): CaseSummary {
  return {
    schema: historySchema,
    run: "2026-03-02T09-15-00Z",
    started: "2026-03-02T09:15:00.000Z",
    commit: "0123456789abcdef0123456789abcdef01234567",
    branch: "main",
    sebench: "0.1.0",
    machine,
    id,
    status: "ok",
    reason: null,
    measured: {
      engineVersion: "1.30.0",
      hostVersion: "v20.20.2",
      device: "AMD EPYC",
      software: false,
      threads: 2,
      overhead: { ratio: 1.05, interval: [1.048, 1.052], replicas: replicasAround(1.05) },
      gain: null,
      latencyMs: {
        plain: { p50: 10, p90: null, replicas: replicasAround(10) },
        se: { p50: 10.5, p90: null, replicas: replicasAround(10.5) },
      },
      parity: true,
      top1: null,
      calibration: null,
      serving: null,
      ...figures,
    },
    proof: null,
    ...changes,
  };
}

/** The cases of a run, enough of them for a line to be cut off in the middle of a write. */
export function casesOfRun(run: string, count = 40): CaseSummary[] {
  return Array.from({ length: count }, (_, index) =>
    sampleSummary({ run, id: id.replace("32|b1", `32|b${index + 1}`) }),
  );
}
