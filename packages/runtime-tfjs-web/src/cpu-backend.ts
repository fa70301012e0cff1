import { chooseBackend } from "./choose-backend.ts";
import type { WebBackend } from "./web-backend.ts";

/** Plain JavaScript. */
export const cpuBackend: WebBackend = {
  precisions: ["fp32"],
  requires: {},
  missing: async () => null,
  async start(tf, { threads }) {
    await import("@tensorflow/tfjs-backend-cpu");
    await chooseBackend(tf, "cpu");
    const reason =
      (threads ?? 1) === 1
        ? null
        : `${threads} threads were asked for, and plain JavaScript computes with 1`;
    return {
      device: { name: "JavaScript", details: { cores: navigator.hardwareConcurrency } },
      software: false,
      requireAlive() {},
      prove: async () => ({ reason, threads: 1, evidence: {} }),
    };
  },
};
