import { notOnlyOn, type ProfileSummary } from "@sebench/onnxruntime";
import type { DeviceDescription, EngineOptions, Runtime } from "@sebench/runtime";
import type * as web from "onnxruntime-web";
import { describeAdapter, isSoftware, missingAdapter } from "./adapter.ts";
import { otherThreads } from "./threads.ts";

export type WebOrt = typeof web;

export interface Missing {
  readonly reason: string;
  readonly remedy: string;
}

/** The device that a started engine has taken. */
interface TakenDevice {
  readonly device: DeviceDescription;
  readonly software: boolean;
}

/** What differs between the devices of onnxruntime-web. */
export interface WebDeviceRow {
  readonly requires: Runtime["requires"];
  /** Which of the package's bundles runs: their kernels differ. */
  readonly bundle: string;
  import(): Promise<WebOrt>;
  /** As `executionProviders` names it. */
  readonly executionProvider: string;
  /** What the browser lacks, seen before the engine is loaded; null where nothing. */
  missing(): Promise<Missing | null>;
  taken(env: web.Env): Promise<TakenDevice>;
  /** Why the profile does not prove that this device did all the work; null where it does. */
  doubt(profile: ProfileSummary, options: EngineOptions): string | null;
}

export type WebDevice = "wasm" | "webgpu";

export const webDevices: Readonly<Record<WebDevice, WebDeviceRow>> = {
  wasm: {
    requires: {},
    bundle: "onnxruntime-web/wasm",
    import: () => import("onnxruntime-web/wasm"),
    executionProvider: "wasm",
    missing: async () => null,
    taken: async ({ wasm }) => ({
      device: {
        name: "WebAssembly",
        details: {
          threads: wasm.numThreads!,
          cores: navigator.hardwareConcurrency,
          crossOriginIsolated,
        },
      },
      software: false,
    }),
    doubt: (profile, { threads }) =>
      notOnlyOn("CPUExecutionProvider", profile) ??
      otherThreads(threads ?? profile.threads.pool, profile.threads, crossOriginIsolated),
  },
  // The package's main entry has an older WebGPU provider, in JavaScript (JSEP).
  webgpu: {
    requires: { browser: "WebGPU, or Chromium's --enable-unsafe-webgpu for one in software" },
    bundle: "onnxruntime-web/webgpu",
    import: () => import("onnxruntime-web/webgpu"),
    executionProvider: "webgpu",
    missing: missingAdapter,
    taken: async ({ webgpu }) => {
      const { adapterInfo } = await webgpu.device;
      return { device: describeAdapter(adapterInfo), software: isSoftware(adapterInfo) };
    },
    doubt: (profile) => notOnlyOn("WebGpuExecutionProvider", profile),
  },
};
