import { chmod, mkdir, mkdtemp, readFile, rm, writeFile, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { hasPackage, packageProvision, requireFor } from "./npm-package.ts";
import { writeOrigin } from "./folder/filled-folder.ts";

const engine = { name: "@some/engine", version: "1.2.3" };

let folder: string;
let cacheDirectory: string;
let asking: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-npm-package-"));
  cacheDirectory = join(folder, "cache");
  asking = pathToFileURL(join(folder, "app", "module.js")).href;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function putPackage(modules: string, version: string): Promise<void> {
  const home = join(modules, engine.name);
  await mkdir(home, { recursive: true });
  await writeFile(join(home, "package.json"), JSON.stringify({ ...engine, version }));
}

const prefix = () => join(cacheDirectory, "engines", "@some-engine-1.2.3");

/** Puts the package into the cache, as a fetch leaves it. */
async function putCached(): Promise<void> {
  await putPackage(join(prefix(), "node_modules"), "1.2.3");
  await writeOrigin(prefix(), { source: "npm", files: [] });
}

function versionFor(): unknown {
  return requireFor(engine, asking, cacheDirectory)(`${engine.name}/package.json`).version;
}

/** Puts a program called npm first on PATH. */
async function putNpm(script: string): Promise<void> {
  const bin = join(folder, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "npm"), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, "npm"), 0o755);
  vi.stubEnv("PATH", `${bin}${delimiter}${process.env["PATH"]}`);
}

const provision = () =>
  packageProvision(engine, asking, { runtimes: ["some/runtime"], size: "1 MB" });
const quietly = { onProgress() {} };

it("takes the installed package before the one in the cache", async () => {
  await putPackage(join(folder, "app", "node_modules"), "9.9.9");
  await putCached();
  expect(versionFor()).toBe("9.9.9");
});

it("takes the one in the cache where none is installed", async () => {
  await putCached();
  expect(versionFor()).toBe("1.2.3");
});

it("says which version is missing, and nothing once it is there", async () => {
  expect(await provision().missing(cacheDirectory)).toBe("@some/engine 1.2.3 (1 MB unpacked)");
  await putCached();
  expect(await provision().missing(cacheDirectory)).toBeNull();
});

it("uses a copy of before there were markers", async () => {
  await putPackage(join(prefix(), "node_modules"), "1.2.3");
  expect(versionFor()).toBe("1.2.3");
});

it("does not use a damaged copy in the cache, and says what is wrong with it", async () => {
  await putCached();
  const manifest = join(prefix(), "node_modules", engine.name, "package.json");
  await truncate(manifest, 10);
  expect(hasPackage(engine, asking, cacheDirectory)).toBe(false);
  expect(await provision().missing(cacheDirectory)).toMatch(/package\.json has 10 of \d+ bytes/);
});

it.skipIf(process.platform === "win32")(
  "installs with the user's npm, without scripts",
  async () => {
    await putNpm(`echo "$@" > '${join(folder, "arguments")}'
mkdir -p node_modules/@some/engine
echo '{ "name": "@some/engine", "version": "1.2.3" }' > node_modules/@some/engine/package.json`);
    await provision().fetch({ cacheDirectory, ...quietly });
    expect(hasPackage(engine, asking, cacheDirectory)).toBe(true);
    const given = await readFile(join(folder, "arguments"), "utf8");
    expect(given).toMatch(/^install --ignore-scripts .*@some\/engine@1\.2\.3\n$/);
  },
);

it.skipIf(process.platform === "win32")("tells why npm failed, and leaves nothing", async () => {
  await putNpm(`echo 'npm error code E404' >&2
echo 'npm error 404 Not Found - GET' >&2
exit 1`);
  await expect(provision().fetch({ cacheDirectory, ...quietly })).rejects.toThrow(
    "404 Not Found - GET",
  );
  expect(hasPackage(engine, asking, cacheDirectory)).toBe(false);
});

it.skipIf(process.platform === "win32")("is ended by the signal", async () => {
  await putNpm("exec sleep 30");
  const signal = AbortSignal.timeout(200);
  const fetching = provision().fetch({ cacheDirectory, signal, ...quietly });
  await expect(fetching).rejects.toThrow("aborted");
});
