import { createRequire } from "node:module";
import path from "node:path";

/** The folder of the package's .js and .wasm files that a page fetches. Only servers import this module, in Node. */
export const litertWebFolder = path.join(
  path.dirname(createRequire(import.meta.url).resolve("@litertjs/core/package.json")),
  "wasm",
);
