import path from "node:path";
import { build, defaultClientConditions } from "vite";

/** Builds the page into `outDir`, which is emptied first. */
export async function buildPage(outDir: string): Promise<void> {
  await build({
    root: path.join(import.meta.dirname, "../browser"),
    configFile: false,
    logLevel: "warn",
    // The server gives onnxruntime-web's binaries from their own folder, so the bundler leaves them
    // out.
    resolve: { conditions: ["onnxruntime-web-use-extern-wasm", ...defaultClientConditions] },
    build: {
      outDir: path.resolve(outDir),
      emptyOutDir: true,
      target: "esnext",
      // tfjs starts its wasm threads from the text of one of its functions, which must not depend
      // on names around it.
      minify: false,
      modulePreload: false,
    },
  });
}
