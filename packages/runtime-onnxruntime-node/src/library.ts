import type { Ort } from "@sebench/onnxruntime";
import { InputError } from "@sebench/spec";

export type Importer = () => Promise<Ort>;

/** Loads the native binary. An `InputError` that says why it cannot be loaded here. */
export async function loadLibrary(importer: Importer): Promise<Ort> {
  try {
    return await importer();
  } catch (cause) {
    throw explain(cause);
  }
}

/** The codes are Node's: https://nodejs.org/api/errors.html */
function explain(cause: unknown): InputError {
  const { code, message } = cause as NodeJS.ErrnoException;
  switch (code) {
    case "ERR_MODULE_NOT_FOUND":
      return new InputError("onnxruntime-node is not installed", {
        remedy: "run npx -y pnpm@10.34.9 install",
        cause,
      });
    // Found, but it has no binary for this system.
    case "MODULE_NOT_FOUND":
      return new InputError(
        `onnxruntime-node has no binary for ${process.platform} ${process.arch}`,
        {
          remedy: "use Linux or Windows on x64 or arm64, or macOS on arm64; or a wasm runtime",
          cause,
        },
      );
    default:
      return new InputError(`onnxruntime-node's binary does not load: ${message}`, {
        remedy:
          "reinstall it, and install the system libraries that it links to (glibc, libstdc++)",
        cause,
      });
  }
}
