import { chooseBackend } from "./choose-backend.ts";
import { wasmBackend } from "./wasm-backend.ts";
import type { WebBackend } from "./web-backend.ts";
import { webglBackend } from "./webgl-backend.ts";
import { webgpuBackend } from "./webgpu-backend.ts";

/** The backend in plain JavaScript. */
const cpuBackend: WebBackend = {
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

/** The second part of a runtime's id. */
export type WebDevice = "cpu" | "wasm" | "webgl" | "webgpu";

/** The backends by their devices, which have the names of tfjs's backends. */
export const webBackends: Readonly<Record<WebDevice, WebBackend>> = {
  cpu: cpuBackend,
  wasm: wasmBackend,
  webgl: webglBackend,
  webgpu: webgpuBackend,
};
