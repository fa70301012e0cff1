import { existsSync } from "node:fs";
import { rm, symlink } from "node:fs/promises";
import path from "node:path";
import { InputError } from "@sebench/spec";

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
 *
 * @throws InputError where that folder cannot be written to
 */
export async function linkProviderLibraries(fetched: string, binaries: string): Promise<void> {
  for (const file of Object.values(providerLibraries)) {
    const link = path.join(binaries, file);
    if (existsSync(link)) continue;
    try {
      // A link whose target is gone does not exist, and yet is in the way.
      await rm(link, { force: true });
      await symlink(path.join(fetched, file), link);
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      // Another process was first.
      if (code === "EEXIST") continue;
      throw new InputError(`onnxruntime's providers cannot be put beside its core: ${message}`, {
        remedy: `run it as a user who may write to ${binaries}`,
        cause,
      });
    }
  }
}
