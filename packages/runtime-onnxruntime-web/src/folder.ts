import { createRequire } from "node:module";
import path from "node:path";

/** Where the package keeps the .mjs and .wasm files that a page fetches. For servers, in Node. */
export const onnxruntimeWebFolder = path.dirname(
  createRequire(import.meta.url).resolve("onnxruntime-web/wasm"),
);
