import os from "node:os";
import path from "node:path";
import { mappedLibraries, versionOf } from "@sebench/hardware";

/** The flag RTLD_NODELETE, for which Node has no name, and by which a library stays when Node closes it. */
const stay = 0x10_00;

/**
 * Loads the Vulkan loader: the system's, or, where the system has none, the one that a
 * browser brings along in one of the folders. onnxruntime's WebGPU looks for the loader
 * by its bare name, and finds a library that is loaded already wherever it came from.
 */
export async function loadVulkanLoader(folders: readonly string[]): Promise<void> {
  for (const folder of ["", ...folders]) {
    keepLoaded(path.join(folder, "libvulkan.so.1"));
    if ((await vulkanLoaderVersion()) !== null) return;
  }
}

/** The version of the Vulkan loader in this process, or null where none is loaded. */
export async function vulkanLoaderVersion(): Promise<string | null> {
  return versionOf("libvulkan.so", (await mappedLibraries()) ?? []);
}

function keepLoaded(library: string): void {
  try {
    process.dlopen({ exports: {} }, library, os.constants.dlopen.RTLD_LAZY | stay);
  } catch {
    // This always throws: the library is not there, or is loaded and no addon of Node's.
  }
}
