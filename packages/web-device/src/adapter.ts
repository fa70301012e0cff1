import type { DeviceDescription } from "@sebench/runtime";
import type { Missing } from "./missing.ts";
import { isSoftwareName } from "./software-name.ts";

/** `GPUAdapterInfo` as far as it is used; browsers leave fields empty rather than out. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}

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

/** Null where the browser has an adapter. */
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
