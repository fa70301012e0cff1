import { mappedLibraries, stemOf } from "@sebench/hardware";
import { driverLibraries, isSoftwareDriver, type VulkanChoice } from "./vulkan-drivers.ts";

/** A driver through which WebGPU may have computed. */
export interface GpuDriver {
  /** The library's file, whose name may hold the version: `libGLX_nvidia.so.580.95.05`. */
  readonly name: string;
  /** Whether it computes on the CPU. */
  readonly software: boolean;
}

/** Those of the chosen drivers that are in this process's memory. */
export async function vulkanDriversInUse({ manifests }: VulkanChoice): Promise<GpuDriver[]> {
  return inUse(await driverLibraries(manifests), (await mappedLibraries()) ?? []);
}

/** A manifest names a library in short, `libGLX_nvidia.so.0`; its file has the whole version. */
export function inUse(libraries: readonly string[], mapped: readonly string[]): GpuDriver[] {
  const stems = new Set(libraries.map(stemOf));
  return mapped
    .filter((file) => stems.has(stemOf(file)))
    .map((name) => ({ name, software: isSoftwareDriver(name) }));
}

/** Why the drivers do not tell whether a GPU computed; null where they do. */
export function doubtDrivers(drivers: readonly GpuDriver[]): string | null {
  const names = drivers.map(({ name }) => name).join(", ");
  if (drivers.length === 0) return "no GPU driver was seen in the process";
  const mixed = drivers.some(({ software }) => software) && drivers.some((each) => !each.software);
  return mixed ? `it is not known which of these drivers computed: ${names}` : null;
}
