import { chmod } from "node:fs/promises";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { build, type Plugin } from "vite";
import { withFilesOfPackage } from "./data-files.ts";
import { packageFolder, repository } from "./folders.ts";
import { packageWords } from "./package-words.ts";

/** The files that others start or import, by their names in the package. */
const entries = {
  sebench: join(repository, "apps/harness/src/main.ts"),
  "job-process": join(repository, "packages/hosts/src/processes/job-process.ts"),
  "start-process": join(repository, "packages/hosts/src/processes/start-process.ts"),
  "serve-process": join(repository, "packages/hosts/src/processes/serve-process.ts"),
  index: join(packageFolder, "src/index.ts"),
  vitest: join(packageFolder, "src/vitest.ts"),
};

/**
 * Bundles the repository's own packages into one flat folder of JavaScript, in which
 * each file finds each other by `new URL("name.js", import.meta.url)`.
 *
 * @returns The packages of npm that the code imports.
 */
export async function buildCode(outDir: string): Promise<ReadonlySet<string>> {
  const imported = new Set<string>();
  await build({
    configFile: false,
    root: packageFolder,
    logLevel: "warn",
    plugins: [
      packagesOfNpm,
      inPagesOnly,
      packageWords,
      withFilesOfPackage,
      collectImports(imported),
      executable(outDir),
    ],
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      target: "node20",
      minify: false,
      rolldownOptions: {
        input: entries,
        output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
      },
    },
  });
  return imported;
}

/** Leaves every package of npm out: what is imported is installed beside this package. */
const packagesOfNpm: Plugin = {
  name: "sebench:npm",
  enforce: "pre",
  resolveId: (specifier) =>
    /^[./\0]|^@sebench\//.test(specifier) ? null : { id: specifier, external: true },
};

/** Of what runs in pages alone, the page that is built beforehand has its own copy. */
const inPagesOnly: Plugin = {
  name: "sebench:pages",
  enforce: "pre",
  load(id) {
    if (id.endsWith("/runtime-tfjs-web/src/folder.ts")) {
      return `import { fileURLToPath } from "node:url";
export const tfjsWebFolder = fileURLToPath(new URL("../files/runtime-tfjs-web", import.meta.url));`;
    }
    if (id.endsWith("/runtime-tfjs-web/src/binding.ts")) {
      return `export function openTfjsWebEngine() { throw new Error("tfjs-web runs in a browser"); }`;
    }
    return null;
  },
};

function collectImports(imported: Set<string>): Plugin {
  return {
    name: "sebench:imports",
    generateBundle(_, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.type !== "chunk") continue;
        for (const specifier of [...output.imports, ...output.dynamicImports]) {
          if (specifier in bundle || specifier.startsWith("node:")) continue;
          const [first, second] = specifier.split("/");
          const name = first!.startsWith("@") ? `${first}/${second}` : first!;
          if (!builtinModules.includes(name)) imported.add(name);
        }
      }
    },
  };
}

/** Lets a shell run the command's file. */
function executable(outDir: string): Plugin {
  return {
    name: "sebench:executable",
    renderChunk: (code, { name }) => (name === "sebench" ? `#!/usr/bin/env node\n${code}` : null),
    writeBundle: () => chmod(join(outDir, "sebench.js"), 0o755),
  };
}
