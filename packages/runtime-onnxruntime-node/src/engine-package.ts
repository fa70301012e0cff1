import { createRequire } from "node:module";
import path from "node:path";

/** onnxruntime-node as it is installed. Reads its package.json alone: this loads no engine. */
export interface EnginePackage {
  readonly version: string;
  /** Where its binaries lie, and where it looks for its providers' libraries. */
  readonly binaries: string;
}

export function enginePackage(): EnginePackage {
  const require = createRequire(import.meta.url);
  const { version } = require("onnxruntime-node/package.json") as { version: string };
  const folder = path.dirname(require.resolve("onnxruntime-node/package.json"));
  return {
    version,
    binaries: path.join(folder, "bin/napi-v6", process.platform, process.arch),
  };
}
