import { existsSync } from "node:fs";
import { rm, symlink } from "node:fs/promises";
import path from "node:path";

/** `shared` is what the core and the other two talk through. */
export const providerLibraries = {
  shared: "libonnxruntime_providers_shared.so",
  cuda: "libonnxruntime_providers_cuda.so",
  tensorrt: "libonnxruntime_providers_tensorrt.so",
} as const;

/**
 * Puts links to the fetched libraries where the engine's core looks for them,
 * which is its own folder and no other. What lies there already stays, such as
 * what the package's own install script has fetched. Done before each start,
 * since a new install begins with an empty folder.
 */
export async function linkProviderLibraries(fetched: string, binaries: string): Promise<void> {
  for (const file of Object.values(providerLibraries)) {
    const link = path.join(binaries, file);
    if (existsSync(link)) continue;
    // A link whose target is gone does not exist, and yet is in the way.
    await rm(link, { force: true });
    try {
      await symlink(path.join(fetched, file), link);
    } catch (error) {
      // Another process was first.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
