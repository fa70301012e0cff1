// The house's rules on rooms and doors, which no lint has: `pnpm check:rooms`. Fails where one is
// broken, and prints the figures of each package. Imports of types count as much as others.
//
//   folder   source files in the fullest folder, at most 14
//   chain    files in the longest chain of imports, at most 10
//   upward   imports of a file that lies in a folder which holds the importing file's folder: none
//   circles  groups of files that import each other in a circle: none
//   reader   files that exactly one other file of the whole house reads; an index.ts reads nothing,
//            it hands on, and a file that is loaded by import() is a door that is opened late, as a
//            file that its package's exports name is a door of its own
//
// Tests, and what lies in folders called "testing", are not counted.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { parseSync } from "oxc-parser";

const root = resolve(import.meta.dirname, "..");

/** Packages from the ground up: each imports only those that stand before it. */
const layers = `
  spec hardware weights artifacts cli
  lowering reference datasets onnx tflite models runtime tfjs onnxruntime web-device
  runtime-onnxruntime-node runtime-onnxruntime-web runtime-tfjs-node runtime-tfjs-web runtime-litert-web
  measure results report pairs jobs page hosts bench sebench
  harness train
  fuzz
`
  .trim()
  .split(/\s+/);
const limits = { folder: 14, chain: 10, readerShare: 0.15 };

const packages = ["packages", "apps"].flatMap((group) =>
  readdirSync(join(root, group))
    .map((name) => ({ name, directory: join(root, group, name) }))
    .filter(({ directory }) => existsSync(join(directory, "package.json")))
    .map(({ name, directory }) => {
      const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
      return { name, directory, exports: manifest.exports ?? {} };
    }),
);

function filesIn(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /(?<!\.d)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/\/(node_modules|testing)\/|\.test\.ts$/.test(file.slice(root.length)));
}

/** The names that each file imports, by the file that it names: `*` for all of them. */
const house = new Map();
for (const { directory } of packages) {
  for (const part of ["src", "browser", "standalone"]) {
    for (const file of filesIn(join(directory, part))) house.set(file, importsOf(file));
  }
}

function importsOf(file) {
  const text = readFileSync(file, "utf8");
  const { module } = parseSync(file, text);
  const nameOf = ({ kind, name }) => (kind === "Name" ? name : "*");
  const handed = module.staticExports.flatMap(({ entries }) =>
    entries
      .filter(({ moduleRequest }) => moduleRequest)
      .map(({ moduleRequest, importName, exportName }) => ({
        specifier: moduleRequest.value,
        name: nameOf(importName),
        as: nameOf(exportName),
      })),
  );
  const imported = module.staticImports.flatMap(({ moduleRequest, entries }) =>
    (entries.length === 0 ? [{ importName: { kind: "All" } }] : entries).map(({ importName }) => ({
      specifier: moduleRequest.value,
      name: nameOf(importName),
    })),
  );
  const dynamic = module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
    specifier: text.slice(start + 1, end - 1),
    name: "*",
    late: true,
  }));
  return [...handed, ...imported, ...dynamic];
}

/** The file that an import names, or null for one that is not of this house. */
function resolved(file, specifier) {
  if (specifier.startsWith(".")) return resolve(dirname(file), specifier);
  const [, name, path] = /^@sebench\/([^/]+)(\/.*)?$/.exec(specifier) ?? [];
  const found = packages.find((each) => each.name === name);
  const target = found?.exports[`.${path ?? ""}`];
  return typeof target === "string" ? resolve(found.directory, target) : null;
}

/** Where a name is declared: an index.ts hands on what other files declare. */
function declaredIn(file, name) {
  if (basename(file) !== "index.ts") return [file];
  return (house.get(file) ?? []).flatMap(({ specifier, name: inner, as }) => {
    if (as === undefined || (name !== "*" && as !== "*" && as !== name)) return [];
    const target = resolved(file, specifier);
    return target === null ? [] : declaredIn(target, as === "*" ? name : inner);
  });
}

const readers = new Map([...house.keys()].map((file) => [file, new Set()]));
const doors = new Set(
  packages.flatMap(({ directory, exports }) =>
    Object.values(exports)
      .filter((target) => typeof target === "string")
      .map((target) => resolve(directory, target)),
  ),
);
for (const [file, imports] of house) {
  if (basename(file) === "index.ts") continue;
  for (const { specifier, name, late } of imports) {
    const target = resolved(file, specifier);
    if (target === null) continue;
    if (late) doors.add(target);
    for (const origin of declaredIn(target, name)) {
      if (origin !== file) readers.get(origin)?.add(file);
    }
  }
}

const broken = [];
let [files, single] = [0, 0];
for (const { name, directory } of packages) {
  const own = [...house.keys()].filter((file) => file.startsWith(`${directory}/`));
  if (own.length === 0) continue;
  const short = (file) => relative(directory, file);
  const ways = new Map(
    own.map((file) => {
      const targets = house.get(file).map(({ specifier }) => resolved(file, specifier));
      return [file, [...new Set(targets.filter((target) => own.includes(target)))]];
    }),
  );

  for (const file of own) {
    for (const { specifier } of house.get(file)) {
      const [, other] = /^@sebench\/([^/]+)/.exec(specifier) ?? [];
      if (other === undefined || layers.indexOf(other) < layers.indexOf(name)) continue;
      broken.push(`${name}: ${short(file)} imports @sebench/${other}, which stands above it`);
    }
  }

  const folders = groupBy(own, dirname);
  for (const [folder, its] of folders) {
    if (its.length > limits.folder) {
      broken.push(`${name}: ${short(folder)} holds ${its.length} files`);
    }
  }

  const upward = [...ways].flatMap(([file, targets]) =>
    targets
      .filter((target) => dirname(file).startsWith(`${dirname(target)}/`))
      .map((target) => `${name}: ${short(file)} imports ${short(target)}, whose folder holds it`),
  );
  broken.push(...upward);

  const { longest, circles } = walk(ways);
  for (const circle of circles) broken.push(`${name}: a circle: ${circle.map(short).join(" > ")}`);
  if (longest.length > limits.chain) {
    broken.push(`${name}: a chain of ${longest.length}: ${longest.map(short).join(" > ")}`);
  }

  const rooms = own.filter((file) => basename(file) !== "index.ts");
  const alone = rooms.filter((file) => readers.get(file).size === 1 && !doors.has(file));
  if (process.argv.includes("--readers")) {
    for (const file of alone) {
      const [reader] = readers.get(file);
      console.log(
        `  ${short(file)} (${lines(file)}) < ${relative(root, reader)} (${lines(reader)})`,
      );
    }
  }
  files += rooms.length;
  single += alone.length;
  const fullest = Math.max(...[...folders.values()].map(({ length }) => length));
  const figures = [fullest, longest.length, upward.length, circles.length, alone.length];
  const [folder, chain, up, circle, reader] = figures.map((figure) => String(figure).padStart(3));
  console.log(
    `${name.padEnd(26)} files ${String(own.length).padStart(3)}  folder ${folder}  chain ${chain}  upward ${up}  circles ${circle}  reader ${reader}`,
  );
}
const share = single / files;
console.log(`${single} of ${files} files have one reader: ${(100 * share).toFixed(1)} %`);
if (share > limits.readerShare) {
  broken.push(
    `more than ${100 * limits.readerShare} % of the files have one reader (--readers lists them)`,
  );
}
for (const line of broken) console.error(line);
process.exitCode = broken.length === 0 ? 0 : 1;

function lines(file) {
  return readFileSync(file, "utf8").split("\n").length - 1;
}

function groupBy(items, key) {
  const groups = new Map();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

/** The longest chain of files, and each circle once. */
function walk(ways) {
  const chains = new Map();
  const circles = [];
  const visit = (file, path) => {
    const at = path.indexOf(file);
    if (at !== -1) {
      circles.push([...path.slice(at), file]);
      return [];
    }
    const known = chains.get(file);
    if (known) return known;
    const below = ways.get(file).map((target) => visit(target, [...path, file]));
    const chain = [
      file,
      ...below.reduce((one, other) => (other.length > one.length ? other : one), []),
    ];
    chains.set(file, chain);
    return chain;
  };
  const all = [...ways.keys()]
    .filter((file) => basename(file) !== "index.ts")
    .map((file) => visit(file, []));
  const longest = all.reduce((one, other) => (other.length > one.length ? other : one), []);
  return { longest, circles };
}
