import { createRequire } from "node:module";
import path from "node:path";

/** The folder of the package's .mjs and .wasm files that a page fetches. Only servers import this module, in Node. */
export const onnxruntimeWebFolder = path.dirname(
  createRequire(import.meta.url).resolve("onnxruntime-web/wasm"),
);
