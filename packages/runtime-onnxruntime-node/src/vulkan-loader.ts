import os from "node:os";
import path from "node:path";
import { mappedLibraries, versionOf } from "@sebench/hardware";

/** RTLD_NODELETE, of which Node has no name: a library stays when Node closes it. */
const stay = 0x10_00;

/**
 * Loads the Vulkan loader, which onnxruntime's WebGPU looks for by its bare
 * name: the system's, or, where that has none, the one that a browser brings
 * along, in one of the folders. A library that is loaded already is found by
 * its name wherever it came from.
 */
export async function loadVulkanLoader(folders: readonly string[]): Promise<void> {
  for (const folder of ["", ...folders]) {
    keepLoaded(path.join(folder, "libvulkan.so.1"));
    if ((await vulkanLoaderVersion()) !== null) return;
  }
}

/** Null where none is loaded. */
export async function vulkanLoaderVersion(): Promise<string | null> {
  return versionOf("libvulkan.so", (await mappedLibraries()) ?? []);
}

function keepLoaded(library: string): void {
  try {
    process.dlopen({ exports: {} }, library, os.constants.dlopen.RTLD_LAZY | stay);
  } catch {
    // Always: it is either not there, or no addon of Node's, which is all that Node asks.
  }
}
