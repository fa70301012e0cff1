import { notOnlyOn } from "@sebench/onnxruntime";
import { fetchedBinary, otherThreads } from "@sebench/web-device";
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
