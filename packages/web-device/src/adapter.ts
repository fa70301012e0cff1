import type { DeviceDescription, Lack } from "@sebench/runtime";

/** What a browser lacks, and the remedy. */
export type Missing = Lack;

/** The part of `GPUAdapterInfo` that is used. Browsers leave fields empty rather than out. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}

/** Whether the CPU does the adapter's work. */
export function isSoftware(info: AdapterInfo): boolean {
  return info.isFallbackAdapter === true || isSoftwareName(namesOf(info).join(" "));
}

export function describeAdapter(info: AdapterInfo): DeviceDescription {
  const { vendor, architecture, device, description } = info;
  const fallback = info.isFallbackAdapter ?? "not told";
  return {
    name: namesOf(info).join(" ") || "an adapter that does not give its name",
    details: { vendor, architecture, device, description, fallback },
  };
}

function namesOf({ vendor, architecture, device, description }: AdapterInfo): string[] {
  return [vendor, architecture, device, description].filter((name) => name !== "");
}

/** Why the browser has no WebGPU adapter, or null where it has one. */
export async function missingAdapter(): Promise<Missing | null> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (adapter) return null;
  return {
    reason: "the browser has no WebGPU adapter",
    remedy:
      "start Chromium with --enable-unsafe-webgpu for one in software, or on a GPU under Linux " +
      "with --enable-unsafe-webgpu --ignore-gpu-blocklist --use-angle=vulkan --enable-features=Vulkan",
  };
}

/** The names of renderers that serve a GPU's interface on the CPU. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|warp/i;

/** Whether the CPU does the work of a device that the driver gives this name. */
export function isSoftwareName(name: string): boolean {
  return softwareNames.test(name);
}
