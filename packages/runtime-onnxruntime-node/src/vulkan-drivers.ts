import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { chromiumArtifact, defaultCacheDirectory, findArtifact } from "@sebench/artifacts";
import { showsGpu } from "@sebench/hardware";

/** What the choice of a Vulkan driver goes by. Drivers are named by their manifests' paths. */
export interface VulkanMachine {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether the system shows a GPU to this process. */
  readonly hasGpu: boolean;
  /** Those that the system's loader would find. */
  readonly installed: readonly string[];
  /** SwiftShader's, which browsers bring along. */
  readonly swiftShaders: readonly string[];
}

export interface VulkanChoice {
  readonly manifests: readonly string[];
  /** Who chose: with `loader`, the system's own takes what it finds. */
  readonly by: "environment" | "gpu" | "software" | "loader";
}

/**
 * A person's own choice first; on a GPU its drivers without those in software,
 * so that none of these can stand in for it; else SwiftShader. Mesa's lavapipe
 * comes last, since WebGPU refuses old versions of it.
 */
export function chooseVulkanDrivers(machine: VulkanMachine): VulkanChoice {
  const { environment, hasGpu, installed, swiftShaders } = machine;
  // As the loader does: the older name counts only where the newer is not set.
  const named = environment.VK_DRIVER_FILES || environment.VK_ICD_FILENAMES;
  if (named) return { manifests: named.split(path.delimiter), by: "environment" };
  const hardware = installed.filter((manifest) => !isSoftwareDriver(manifest));
  if (hasGpu && hardware.length > 0) return { manifests: hardware, by: "gpu" };
  if (swiftShaders.length > 0) return { manifests: swiftShaders.slice(0, 1), by: "software" };
  return { manifests: installed, by: "loader" };
}

/** Whether a driver of this name, be it its manifest or its library, computes on the CPU. */
export function isSoftwareDriver(file: string): boolean {
  return /swiftshader|lvp|lavapipe|llvmpipe/i.test(path.basename(file));
}

/** In the loader's order. */
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

/** The path itself, or, where it is a folder, the manifests in it. */
async function manifestsAt(place: string): Promise<string[]> {
  try {
    if (!(await stat(place)).isDirectory()) return [place];
    const files = (await readdir(place)).filter((file) => file.endsWith(".json")).toSorted();
    return files.map((file) => path.join(place, file));
  } catch {
    return [];
  }
}

/** Names of the libraries that the manifests, or folders of manifests, lead to. */
export async function driverLibraries(manifests: readonly string[]): Promise<string[]> {
  const files = (await Promise.all(manifests.map(manifestsAt))).flat();
  const libraries = await Promise.all(files.map(libraryOf));
  return [...new Set(libraries.filter((library) => library !== null))];
}

/** @see https://github.com/KhronosGroup/Vulkan-Loader/blob/main/docs/LoaderDriverInterface.md */
async function libraryOf(manifest: string): Promise<string | null> {
  try {
    const { ICD } = JSON.parse(await readFile(manifest, "utf8")) as {
      readonly ICD: { readonly library_path: string };
    };
    return path.basename(ICD.library_path);
  } catch {
    return null;
  }
}
