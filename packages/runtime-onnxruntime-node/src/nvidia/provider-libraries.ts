import { existsSync } from "node:fs";
import { rm, symlink } from "node:fs/promises";
import path from "node:path";
import { type NpmPackage, requireFor } from "@sebench/artifacts";
import { InputError } from "@sebench/spec";

/** The files of the providers' libraries. The core and the other two talk through `shared`. */
export const providerLibraries = {
  shared: "libonnxruntime_providers_shared.so",
  cuda: "libonnxruntime_providers_cuda.so",
  tensorrt: "libonnxruntime_providers_tensorrt.so",
} as const;

/**
 * Puts links to the fetched libraries into the core's own folder, the only place where
 * the core looks for them. What lies there already stays, such as what the package's own
 * install script has fetched. To be called before each start, since a new install
 * begins with an empty folder.
 *
 * @throws InputError where that folder cannot be written to
 */
export async function linkProviderLibraries(fetched: string, binaries: string): Promise<void> {
  for (const file of Object.values(providerLibraries)) {
    const link = path.join(binaries, file);
    if (existsSync(link)) continue;
    try {
      // A link whose target is gone counts as not existing, and is in the way all the same.
      await rm(link, { force: true });
      await symlink(path.join(fetched, file), link);
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      // Another process has put the link there meanwhile.
      if (code === "EEXIST") continue;
      throw new InputError(`onnxruntime's providers cannot be put beside its core: ${message}`, {
        remedy: `run it as a user who may write to ${binaries}`,
        cause,
      });
    }
  }
}

/** The package from npm. */
export const onnxruntimeNode: NpmPackage = { name: "onnxruntime-node", version: "1.30.0" };

/** onnxruntime-node as it is installed. */
interface EnginePackage {
  readonly version: string;
  /** The folder of the package's binaries, where it looks for its providers' libraries. */
  readonly binaries: string;
}

/** Reads the package.json of onnxruntime-node, and loads no engine. */
export function enginePackage(): EnginePackage {
  const require = requireFor(onnxruntimeNode, import.meta.url);
  const { version } = require("onnxruntime-node/package.json") as { version: string };
  const folder = path.dirname(require.resolve("onnxruntime-node/package.json"));
  return {
    version,
    binaries: path.join(folder, "bin/napi-v6", process.platform, process.arch),
  };
}
