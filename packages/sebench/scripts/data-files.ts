import { cp, readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { tfjsWebFolder } from "@sebench/runtime-tfjs-web/folder";
import type { Plugin } from "vite";
import { repository } from "./folders.ts";

/**
 * The folders of files that the code reads, by the package that they are of. What only tests
 * read, such as golden files, is left out.
 */
const foldersOf: Readonly<Record<string, readonly string[]>> = {
  datasets: ["data"],
  reference: ["oracle"],
  weights: ["trained"],
};

/** Copies the data files, with the licences that lie beside them, to `files/<package>/`. */
export async function copyFiles(to: string): Promise<void> {
  for (const [name, folders] of Object.entries(foldersOf)) {
    for (const folder of folders) {
      const from = join(repository, "packages", name, folder);
      await cp(from, join(to, name, folder), { recursive: true });
    }
  }
  // The .wasm files that the page fetches, so that tfjs itself need not be installed.
  for (const name of await readdir(tfjsWebFolder)) {
    if (!name.endsWith(".wasm")) continue;
    await cp(join(tfjsWebFolder, name), join(to, "runtime-tfjs-web", name));
  }
}

/**
 * Rewrites each relative path to a data file, as a source file has it, into the path from
 * `lib/` of the package.
 */
export const withFilesOfPackage: Plugin = {
  name: "sebench:files",
  enforce: "pre",
  transform(code, id) {
    const [group, name] = relative(repository, id).split(sep);
    if (group !== "packages" || name === undefined) return null;
    const own = (foldersOf[name] ?? []).join("|");
    const moved =
      own === ""
        ? code
        : code.replaceAll(
            new RegExp(`(["\`])(?:\\.\\./)+(${own})(?=[/"\`])`, "g"),
            `$1../files/${name}/$2`,
          );
    return name === "bench" ? moved.replaceAll('"../../package.json"', '"../package.json"') : moved;
  },
};
