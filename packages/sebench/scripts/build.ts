/** Builds the package that is published into `dist/`, ready for `npm pack`. */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildPage } from "@sebench/page";
import { buildCode } from "./build-code.ts";
import { copyFiles } from "./data-files.ts";
import { dist, packageFolder, repository } from "./folders.ts";
import { manifestOf } from "./manifest.ts";
import { packageWords } from "./package-words.ts";
import { writeTypes } from "./write-types.ts";

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
const imported = await buildCode(join(dist, "lib"));
await buildPage(join(dist, "page"), [packageWords]);
await copyFiles(join(dist, "files"));
await writeTypes(join(dist, "types"), ["index", "vitest"]);
await cp(join(packageFolder, "README.md"), join(dist, "README.md"));
await cp(join(repository, "LICENSE"), join(dist, "LICENSE"));
await cp(join(packageFolder, "licences"), join(dist, "licences"), { recursive: true });
const source = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8"));
const manifest = await manifestOf(source, imported);
await writeFile(join(dist, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
