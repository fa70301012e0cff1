import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { chromiumArtifact, defaultCacheDirectory, findArtifact } from "@sebench/artifacts";
import { showsGpu, mappedLibraries, stemOf } from "@sebench/hardware";

/** What the choice of a Vulkan driver depends on. Drivers are named by the paths of their manifests. */
export interface VulkanMachine {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether the system shows a GPU to this process. */
  readonly hasGpu: boolean;
  /** The drivers that the system's loader would find. */
  readonly installed: readonly string[];
  /** The manifests of SwiftShader, which browsers bring along. */
  readonly swiftShaders: readonly string[];
}

/** The Vulkan drivers that WebGPU may use. */
export interface VulkanChoice {
  readonly manifests: readonly string[];
  /** What chose the drivers. With `loader`, the system's loader takes what it finds. */
  readonly by: "environment" | "gpu" | "software" | "loader";
}

/**
 * Chooses the drivers: a person's own choice first; then, on a GPU, its drivers without
 * those in software, so that none of these can stand in for the GPU; then SwiftShader.
 * Mesa's lavapipe comes last, since WebGPU refuses old versions of it.
 */
export function chooseVulkanDrivers(machine: VulkanMachine): VulkanChoice {
  const { environment, hasGpu, installed, swiftShaders } = machine;
  // The loader does the same: the older name counts only where the newer one is not set.
  const named = environment.VK_DRIVER_FILES || environment.VK_ICD_FILENAMES;
  if (named) return { manifests: named.split(path.delimiter), by: "environment" };
  const hardware = installed.filter((manifest) => !isSoftwareDriver(manifest));
  if (hasGpu && hardware.length > 0) return { manifests: hardware, by: "gpu" };
  if (swiftShaders.length > 0) return { manifests: swiftShaders.slice(0, 1), by: "software" };
  return { manifests: installed, by: "loader" };
}

/** Whether a driver computes on the CPU, by the file of its manifest or of its library. */
function isSoftwareDriver(file: string): boolean {
  return /swiftshader|lvp|lavapipe|llvmpipe/i.test(path.basename(file));
}

/** The folders of manifests, in the loader's order. */
const manifestFolders = ["/etc", "/usr/local/etc", "/usr/local/share", "/usr/share"].map((folder) =>
  path.join(folder, "vulkan/icd.d"),
);

const browserFolders = [
  "/usr/lib/chromium",
  "/usr/lib/chromium-browser",
  "/opt/google/chrome",
  "/opt/microsoft/msedge",
  "/snap/chromium/current/usr/lib/chromium-browser",
];

export async function describeVulkanMachine(): Promise<VulkanMachine> {
  const fetched = await findArtifact(chromiumArtifact, defaultCacheDirectory());
  const swiftShaders = [...browserFolders, ...(fetched === null ? [] : [fetched])].map((folder) =>
    path.join(folder, "vk_swiftshader_icd.json"),
  );
  const installed = await Promise.all(manifestFolders.map(manifestsAt));
  return {
    environment: process.env,
    hasGpu: showsGpu(),
    installed: installed.flat(),
    swiftShaders: swiftShaders.filter((manifest) => existsSync(manifest)),
  };
}

/** The manifests in a folder, or the path itself where it is no folder. */
async function manifestsAt(place: string): Promise<string[]> {
  try {
    if (!(await stat(place)).isDirectory()) return [place];
    const files = (await readdir(place)).filter((file) => file.endsWith(".json")).toSorted();
    return files.map((file) => path.join(place, file));
  } catch {
    return [];
  }
}

/** The names of the libraries that manifests, or folders of manifests, lead to. */
export async function driverLibraries(manifests: readonly string[]): Promise<string[]> {
  const files = (await Promise.all(manifests.map(manifestsAt))).flat();
  const libraries = await Promise.all(files.map(libraryOf));
  return [...new Set(libraries.filter((library) => library !== null))];
}

/**
 * The file name of the library that a manifest names, or null where it is no manifest.
 *
 * @see https://github.com/KhronosGroup/Vulkan-Loader/blob/main/docs/LoaderDriverInterface.md
 */
async function libraryOf(manifest: string): Promise<string | null> {
  try {
    const { ICD } = JSON.parse(await readFile(manifest, "utf8")) as {
      readonly ICD?: { readonly library_path?: unknown } | null;
    };
    const library = ICD?.library_path;
    return typeof library === "string" && library !== "" ? path.basename(library) : null;
  } catch {
    return null;
  }
}

/** A driver through which WebGPU may have computed. */
export interface GpuDriver {
  /** The file name of the driver's library, which may hold the version: `libGLX_nvidia.so.580.95.05`. */
  readonly name: string;
  /** Whether the driver computes on the CPU. */
  readonly software: boolean;
}

/** The chosen drivers that are in this process's memory. */
export async function vulkanDriversInUse({ manifests }: VulkanChoice): Promise<GpuDriver[]> {
  return inUse(await driverLibraries(manifests), (await mappedLibraries()) ?? []);
}

/**
 * The mapped files that are drivers' libraries. A manifest names a library in short,
 * `libGLX_nvidia.so.0`, and the name of its file has the whole version.
 */
export function inUse(libraries: readonly string[], mapped: readonly string[]): GpuDriver[] {
  const stems = new Set(libraries.map(stemOf));
  return mapped
    .filter((file) => stems.has(stemOf(file)))
    .map((name) => ({ name, software: isSoftwareDriver(name) }));
}

/** Why the drivers do not tell whether a GPU computed, or null where they do. */
export function doubtDrivers(drivers: readonly GpuDriver[]): string | null {
  const names = drivers.map(({ name }) => name).join(", ");
  if (drivers.length === 0) return "no GPU driver was seen in the process";
  const mixed = drivers.some(({ software }) => software) && drivers.some((each) => !each.software);
  return mixed ? `it is not known which of these drivers computed: ${names}` : null;
}
