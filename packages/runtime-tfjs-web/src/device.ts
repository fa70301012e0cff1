import { describeAdapter, isSoftware, missingAdapter } from "@sebench/web-device";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { chooseBackend, setFlags } from "./choose-backend.ts";
import { requireFloat32 } from "./mantissa.ts";
import { wasmBackend } from "./wasm-backend.ts";
import type { WebBackend } from "./web-backend.ts";
import { webglBackend } from "./webgl-backend.ts";

/** tfjs's flags: otherwise the CPU computes what is small and has not been uploaded. */
const flags = { WEBGPU_CPU_FORWARD: false };

const webgpuBackend: WebBackend = {
  missing: missingAdapter,
  async start(tf) {
    await import("@tensorflow/tfjs-backend-webgpu");
    setFlags(tf, flags);
    const backend = await chooseBackend<WebGPUBackend>(tf, "webgpu");
    const faults = watchFaults(backend.device);
    await requireFloat32(tf);
    const { adapterInfo } = backend.device;
    return {
      device: describeAdapter(adapterInfo),
      software: isSoftware(adapterInfo),
      requireAlive: () => faults.requireNone(),
      async prove() {
        const pipelines = Object.keys(Reflect.get(backend, "pipelineCache") as object).length;
        const reason = pipelines === 0 ? "no pipeline was compiled for the device" : null;
        return { reason, threads: null, evidence: { pipelines, flags } };
      },
    };
  },
};

/** Tells of the device's loss, and of errors that tfjs passes over, such as memory that ran out. */
function watchFaults(device: GPUDevice) {
  let fault: string | null = null;
  const watchLoss = async () => {
    const { reason, message } = await device.lost;
    fault = `the browser has lost its WebGPU device (${reason}): ${message}`;
  };
  void watchLoss();
  device.addEventListener("uncapturederror", ({ error }) => {
    fault ??= `WebGPU has failed: ${error.message}`;
  });
  return {
    requireNone() {
      if (fault !== null) throw new Error(fault);
    },
  };
}

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
      // In Node, where this backend is the reference for graph models, there may be no navigator.
      device: {
        name: "JavaScript",
        details: { cores: globalThis.navigator?.hardwareConcurrency ?? null },
      },
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
