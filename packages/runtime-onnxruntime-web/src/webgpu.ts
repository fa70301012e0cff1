import { notOnlyOn } from "@sebench/onnxruntime";
import { describeAdapter, fetchedBinary, isSoftware, missingAdapter } from "@sebench/web-device";
import type { WebDeviceRow } from "./device-row.ts";
import { ConsoleTap } from "./print-tap.ts";

/** WebGPU by onnxruntime's own provider, in C++, which onnxruntime-node has, too. */
export const webgpuRow = webgpuRowOf({
  bundle: "onnxruntime-web/webgpu",
  file: "ort-wasm-simd-threaded.asyncify.wasm",
  import: () => import("onnxruntime-web/webgpu"),
  provider: "WebGpuExecutionProvider",
});

/** WebGPU by the older provider (JSEP) of the package's main entry, whose kernels are made in JavaScript. */
export const webgpuJsepRow = webgpuRowOf({
  bundle: "onnxruntime-web",
  file: "ort-wasm-simd-threaded.jsep.wasm",
  import: () => import("onnxruntime-web"),
  provider: "JsExecutionProvider",
});

const noHalves = {
  reason: "the WebGPU adapter has no 16-bit floats in its shaders (shader-f16)",
  remedy: "take --precision fp32, or a GPU and a browser that have them",
};

function webgpuRowOf({
  provider,
  ...bundle
}: Pick<WebDeviceRow, "bundle" | "file" | "import"> & {
  /** The provider's name in profiles. */
  readonly provider: string;
}): WebDeviceRow {
  return {
    device: "webgpu",
    ...bundle,
    executionProvider: "webgpu",
    tap: new ConsoleTap(),
    missing: missingAdapter,
    binary: fetchedBinary,
    async taken({ webgpu }) {
      const { adapterInfo } = await webgpu.device;
      return { device: describeAdapter(adapterInfo), software: isSoftware(adapterInfo) };
    },
    async lacks({ webgpu }) {
      const { features } = await webgpu.device;
      return features.has("shader-f16") ? {} : { fp16: noHalves };
    },
    async onFault({ webgpu }, tell) {
      watchFaults(await webgpu.device, tell);
    },
    doubt: (profile) => notOnlyOn(provider, profile),
  };
}

/** Tells of the device's loss, and of errors that the engine passes over, such as memory that ran out. */
function watchFaults(device: GPUDevice, tell: (fault: string) => void): void {
  const awaitLoss = async () => {
    const { reason, message } = await device.lost;
    tell(`the browser has lost its WebGPU device (${reason}): ${message}`);
  };
  void awaitLoss();
  device.addEventListener("uncapturederror", ({ error }) => {
    tell(`WebGPU has failed: ${error.message}`);
  });
}
