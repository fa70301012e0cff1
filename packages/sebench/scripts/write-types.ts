import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { execa } from "execa";
import { packageFolder, repository } from "./folders.ts";

/** A declaration: the package, and the path below its `src`, without an ending. */
interface Declaration {
  readonly owner: string;
  readonly path: string;
}

/**
 * Writes the declarations of the API, and of all that they mention: each of the repository's
 * own packages is a folder, and paths between files replace the names of packages.
 */
export async function writeTypes(to: string, entries: readonly string[]): Promise<void> {
  await execa(join(repository, "node_modules/.bin/tsc"), ["-b"], {
    cwd: packageFolder,
    stdio: "inherit",
  });
  const written = new Set<string>();
  const waiting: Declaration[] = entries.map((path) => ({ owner: "sebench", path }));
  for (const declaration of waiting) {
    const target = fileOf(declaration);
    if (written.has(target)) continue;
    written.add(target);
    const { text, mentioned } = await readDeclaration(declaration);
    waiting.push(...mentioned);
    await mkdir(dirname(join(to, target)), { recursive: true });
    await writeFile(join(to, target), text);
  }
}

function fileOf({ owner, path }: Declaration): string {
  return `${owner}/${path}.d.ts`;
}

/** Reads a declaration as it is published, with the declarations that it mentions. */
async function readDeclaration(declaration: Declaration) {
  const mentioned: Declaration[] = [];
  const source = await readFile(emittedFile(declaration), "utf8");
  const manifests = await manifestsIn(source);
  const text = source
    .replaceAll(/^\/\/# sourceMappingURL=.*$/gm, "")
    .replaceAll(/(\bfrom |\bimport\()"([^"]+)"/g, (whole, before: string, specifier: string) => {
      const other = resolve(declaration, specifier, manifests);
      if (other === null) return whole;
      mentioned.push(other);
      const path = posix.relative(dirname(fileOf(declaration)), `${other.owner}/${other.path}.js`);
      return `${before}"${path.startsWith(".") ? path : `./${path}`}"`;
    });
  return { text, mentioned };
}

/** The file that tsc has emitted; packages with scripts have `src` as a folder of its own. */
function emittedFile({ owner, path }: Declaration): string {
  const emitted = join(repository, "packages", owner, "node_modules/.cache/tsc");
  const inSource = join(emitted, "src", `${path}.d.ts`);
  return existsSync(inSource) ? inSource : join(emitted, `${path}.d.ts`);
}

type Exports = Readonly<Record<string, string>>;

/** What each package that a declaration names exports. */
async function manifestsIn(source: string): Promise<ReadonlyMap<string, Exports>> {
  const names = new Set([...source.matchAll(/"@sebench\/([^/"]+)/g)].map(([, name]) => name!));
  const manifests = new Map<string, Exports>();
  for (const name of names) {
    const text = await readFile(join(repository, "packages", name, "package.json"), "utf8");
    manifests.set(name, (JSON.parse(text) as { readonly exports: Exports }).exports);
  }
  return manifests;
}

/** The declaration that a specifier names, or null for a package of npm. */
function resolve(
  { owner, path }: Declaration,
  specifier: string,
  manifests: ReadonlyMap<string, Exports>,
): Declaration | null {
  if (specifier.startsWith(".")) {
    return { owner, path: withoutEnding(posix.join(posix.dirname(path), specifier)) };
  }
  const [, name, inside = ""] = /^@sebench\/([^/]+)(\/.*)?$/.exec(specifier) ?? [];
  if (name === undefined) return null;
  const target = manifests.get(name)?.[`.${inside}`];
  if (target === undefined) throw new Error(`${specifier} is not exported`);
  return { owner: name, path: withoutEnding(target.replace(/^\.\/src\//, "")) };
}

function withoutEnding(path: string): string {
  return path.replace(/\.ts$/, "");
}
