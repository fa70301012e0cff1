import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { linkProviderLibraries, providerLibraries } from "./provider-libraries.ts";

let folder: string;
let fetched: string;
let binaries: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "sebench-providers-"));
  fetched = path.join(folder, "fetched");
  binaries = path.join(folder, "binaries");
  for (const each of [fetched, binaries]) await mkdir(each);
  for (const file of Object.values(providerLibraries)) {
    await writeFile(path.join(fetched, file), "fetched");
  }
});
afterEach(() => rm(folder, { recursive: true }));

const read = (file: string) => readFile(path.join(binaries, file), "utf8");

it("links the fetched libraries, however many do it at once", async () => {
  await Promise.all([1, 2, 3].map(() => linkProviderLibraries(fetched, binaries)));
  expect(await readdir(binaries)).toEqual(Object.values(providerLibraries).toSorted());
  expect(await read(providerLibraries.cuda)).toBe("fetched");
});

it("leaves alone what the package's own install script has put there", async () => {
  await writeFile(path.join(binaries, providerLibraries.cuda), "installed");
  await linkProviderLibraries(fetched, binaries);
  expect(await read(providerLibraries.cuda)).toBe("installed");
  expect(await read(providerLibraries.shared)).toBe("fetched");
});

it("replaces a link whose target is gone", async () => {
  await symlink(path.join(folder, "gone"), path.join(binaries, providerLibraries.cuda));
  await linkProviderLibraries(fetched, binaries);
  expect(await read(providerLibraries.cuda)).toBe("fetched");
});

it("says who may where the folder cannot be written to", async () => {
  const file = path.join(folder, "file");
  await writeFile(file, "");
  await expect(linkProviderLibraries(fetched, file)).rejects.toMatchObject({
    message: expect.stringContaining("cannot be put beside its core"),
    remedy: expect.stringContaining(file),
  });
});
