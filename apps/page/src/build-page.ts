import { cp } from "node:fs/promises";
import path from "node:path";
import type { Plugin } from "vite";

/** The page as the published package brings it, or null in the repository, which builds it. */
const packaged = import.meta.url.endsWith(".ts") ? null : path.join(import.meta.dirname, "../page");

/** Builds the page into `outDir`, which is emptied first, or copies the one that was built beforehand. */
export async function buildPage(outDir: string, plugins: readonly Plugin[] = []): Promise<void> {
  if (packaged !== null) return cp(packaged, outDir, { recursive: true });
  const { build, defaultClientConditions } = await import("vite");
  const root = path.join(import.meta.dirname, "../browser");
  const page = (name: string) => path.join(root, name);
  await build({
    root,
    configFile: false,
    plugins: [...plugins],
    logLevel: "warn",
    // The server gives onnxruntime-web's binaries from their own folder, so the bundler leaves them
    // out.
    resolve: { conditions: ["onnxruntime-web-use-extern-wasm", ...defaultClientConditions] },
    build: {
      rolldownOptions: {
        input: {
          index: page("index.html"),
          start: page("start.html"),
          session: page("session.html"),
        },
      },
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
