import { cp } from "node:fs/promises";
import path from "node:path";
import type { Plugin, UserConfig } from "vite";

/** The page as the published package brings it, or null in the repository, which builds it. */
const packaged = import.meta.url.endsWith(".ts") ? null : path.join(import.meta.dirname, "../page");

/** Builds the page into `outDir`, which is emptied first, or copies the one that was built beforehand. */
export async function buildPage(outDir: string, plugins: readonly Plugin[] = []): Promise<void> {
  if (packaged !== null) return cp(packaged, outDir, { recursive: true });
  const root = path.join(import.meta.dirname, "../browser");
  const page = (name: string) => path.join(root, name);
  const input = {
    index: page("index.html"),
    start: page("start.html"),
    session: page("session.html"),
  };
  await bundle({ root, outDir, plugins, input });
}

/** A page to bundle. */
interface Bundled extends Pick<UserConfig, "base" | "define"> {
  readonly root: string;
  readonly outDir: string;
  readonly plugins?: readonly Plugin[];
  readonly input: Readonly<Record<string, string>>;
}

/** Vite bundles a page into a folder, which is emptied first. */
export async function bundle({ root, outDir, input, plugins, ...more }: Bundled): Promise<void> {
  const { build, defaultClientConditions } = await import("vite");
  await build({
    ...more,
    root,
    configFile: false,
    plugins: [...(plugins ?? [])],
    logLevel: "warn",
    // The server gives onnxruntime-web's binaries from their own folder, so the bundler leaves them
    // out.
    resolve: { conditions: ["onnxruntime-web-use-extern-wasm", ...defaultClientConditions] },
    build: {
      rolldownOptions: { input },
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
