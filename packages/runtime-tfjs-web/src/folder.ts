import { createRequire } from "node:module";
import path from "node:path";

/** Where the wasm backend keeps the .wasm files that a page fetches. For servers, in Node. */
export const tfjsWebFolder = path.dirname(
  createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"),
);
