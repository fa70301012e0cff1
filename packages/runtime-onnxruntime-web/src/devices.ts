import { notOnlyOn } from "@sebench/onnxruntime";
import {
  fetchedBinary,
  otherThreads,
  describeAdapter,
  describeWebnn,
  isSoftware,
  missingAdapter,
  missingWebnn,
  watchFaults,
  webnnDeviceType,
} from "@sebench/web-device";
import type { WebDeviceRow } from "./device-row.ts";
import { ConsoleTap, stdoutTap } from "./print-tap.ts";

const file = "ort-wasm-simd-threaded.wasm";

/** What differs between a page and Node for the wasm device. */
type WasmHost = Pick<WebDeviceRow, "bundle" | "import" | "tap" | "place" | "binary"> & {
  cores(): number;
  /** Whether the page is cross-origin isolated, or null in Node, where threads can always share memory. */
  isolated(): boolean | null;
};

const page: WasmHost = {
  bundle: "onnxruntime-web/wasm",
  import: () => import("onnxruntime-web/wasm"),
  tap: new ConsoleTap(),
  binary: fetchedBinary,
  cores: () => navigator.hardwareConcurrency,
  isolated: () => crossOriginIsolated,
};

/** Node, for which the package has an entry that needs no server. */
const node: WasmHost = {
  bundle: "onnxruntime-web (node)",
  import: () => import("onnxruntime-web"),
  tap: stdoutTap,
  // The bundle does not choose, so that it is known which binary runs.
  place({ wasm }) {
    wasm.wasmPaths = { wasm: import.meta.resolve(`onnxruntime-web/${file}`) };
  },
  binary: () => file,
  cores: () => process.getBuiltinModule("node:os").availableParallelism(),
  isolated: () => null,
};

const { cores, isolated, ...host } = typeof document === "undefined" ? node : page;

export const wasmRow: WebDeviceRow = {
  device: "wasm",
  ...host,
  file,
  executionProvider: "wasm",
  missing: async () => null,
  taken: async ({ wasm }) => {
    const binary = host.binary();
    const crossOriginIsolated = isolated();
    return {
      device: {
        name: "WebAssembly",
        details: {
          threads: wasm.numThreads!,
          // A binary of the package needs SIMD where its name says so.
          simd: binary?.includes("-simd") ?? false,
          binary: binary ?? "not told",
          cores: cores(),
          ...(crossOriginIsolated === null ? {} : { crossOriginIsolated }),
        },
      },
      software: false,
    };
  },
  doubt: (profile, { threads }) =>
    notOnlyOn("CPUExecutionProvider", profile) ??
    otherThreads(threads ?? profile.threads.pool, profile.threads, isolated() ?? true),
};

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

export const webnnRow: WebDeviceRow = {
  device: "webnn",
  bundle: "onnxruntime-web/webgpu",
  file: "ort-wasm-simd-threaded.asyncify.wasm",
  import: () => import("onnxruntime-web/webgpu"),
  executionProvider: { name: "webnn", deviceType: webnnDeviceType },
  tap: new ConsoleTap(),
  missing: missingWebnn,
  binary: fetchedBinary,
  async taken() {
    return { device: await describeWebnn(), software: false };
  },
  doubt: (profile, { threads }) =>
    notOnlyOn("WebNNExecutionProvider", profile) ??
    (threads === null
      ? null
      : `${threads} threads were asked for, and the browser does not tell how many WebNN has`),
};
