import { createRequire } from "node:module";
import path from "node:path";

/** The folder of the wasm backend's .wasm files that a page fetches. Only servers import this module, in Node. */
export const tfjsWebFolder = path.dirname(
  createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"),
);
