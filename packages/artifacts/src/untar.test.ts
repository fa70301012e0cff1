import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { create } from "tar";
import { afterEach, beforeEach, expect, it } from "vitest";
import { untar } from "./unpack.ts";

let folder: string;
let target: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-untar-"));
  target = join(folder, "target");
  await mkdir(join(folder, "package/lib"), { recursive: true });
  await mkdir(target);
  await writeFile(join(folder, "package/lib/it.so.1"), "library");
  await symlink("it.so.1", join(folder, "package/lib/it.so"));
  await writeFile(join(folder, "package/readme"), "text");
  await create({ cwd: folder, file: join(folder, "bare.tar") }, ["package"]);
});
afterEach(() => rm(folder, { recursive: true }));

it("unpacks what is asked for, with its links", async () => {
  const only = (path: string) => path.startsWith("package/lib/it");
  await untar(join(folder, "bare.tar"), target, { strip: 1, only });
  expect(await readdir(target)).toEqual(["lib"]);
  expect(await readFile(join(target, "lib/it.so"), "utf8")).toBe("library");
  expect((await lstat(join(target, "lib/it.so"))).isSymbolicLink()).toBe(true);
});

it("unpacks gzip, whatever the file is called", async () => {
  await create({ cwd: folder, file: join(folder, "a.part"), gzip: true }, ["package"]);
  await untar(join(folder, "a.part"), target);
  expect(await readFile(join(target, "package/readme"), "utf8")).toBe("text");
});

it("unpacks brotli", async () => {
  const packed = brotliCompressSync(await readFile(join(folder, "bare.tar")));
  await writeFile(join(folder, "bare.tar.br"), packed);
  await untar(join(folder, "bare.tar.br"), target);
  expect(await readFile(join(target, "package/readme"), "utf8")).toBe("text");
});

it("rejects a file that is damaged", async () => {
  await create({ cwd: folder, file: join(folder, "a.tgz"), gzip: true }, ["package"]);
  const packed = await readFile(join(folder, "a.tgz"));
  await writeFile(join(folder, "a.tgz"), packed.subarray(0, packed.length / 2));
  await expect(untar(join(folder, "a.tgz"), target)).rejects.toThrow(/unexpected|truncated/i);
});
