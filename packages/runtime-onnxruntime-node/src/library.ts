import type { Ort } from "@sebench/onnxruntime";

/** Why onnxruntime-node cannot be loaded here. */
export class LibraryError extends Error {
  override readonly name = "LibraryError";
  readonly remedy: string;

  constructor(message: string, options: { remedy: string; cause: unknown }) {
    super(message, { cause: options.cause });
    this.remedy = options.remedy;
  }
}

export type Importer = () => Promise<Ort>;

/** Loads the native binary. Throws a `LibraryError`. */
export async function loadLibrary(importer: Importer): Promise<Ort> {
  try {
    return await importer();
  } catch (cause) {
    throw explain(cause);
  }
}

/** The codes are Node's: https://nodejs.org/api/errors.html */
function explain(cause: unknown): LibraryError {
  const { code, message } = cause as NodeJS.ErrnoException;
  switch (code) {
    case "ERR_MODULE_NOT_FOUND":
      return new LibraryError("onnxruntime-node is not installed", {
        remedy: "run npx -y pnpm@10.34.9 install",
        cause,
      });
    // Found, but it has no binary for this system.
    case "MODULE_NOT_FOUND":
      return new LibraryError(
        `onnxruntime-node has no binary for ${process.platform} ${process.arch}`,
        {
          remedy: "use Linux or Windows on x64 or arm64, or macOS on arm64; or a wasm runtime",
          cause,
        },
      );
    default:
      return new LibraryError(`onnxruntime-node's binary does not load: ${message}`, {
        remedy:
          "reinstall it, and install the system libraries that it links to (glibc, libstdc++)",
        cause,
      });
  }
}
