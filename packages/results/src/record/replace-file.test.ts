import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { thisProcess } from "@sebench/hardware";
import { afterEach, beforeEach, expect, test } from "vitest";
import { replaceFile, requireWritable, requireWritableFile } from "./replace-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "replace-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a link is followed and stays a link", async () => {
  await writeFile(join(folder, "file"), "old");
  await symlink(join(folder, "file"), join(folder, "link"));
  await replaceFile(join(folder, "link"), "new");
  expect(await readFile(join(folder, "file"), "utf8")).toBe("new");
});

test("a folder that is tried is made, and nothing stays in it", async () => {
  await requireWritable(join(folder, "deep", "down"));
  expect(await readdir(join(folder, "deep", "down"))).toEqual([]);
});

test("the drafts of processes that have ended are removed, and others stay", async () => {
  const { host } = thisProcess();
  const ended = `report.md.${host}-${2 ** 22 + 1}-0.tmp`;
  const elsewhere = "report.md.00000000-1-0.tmp";
  for (const name of [ended, elsewhere, "my.tmp"]) await writeFile(join(folder, name), "");
  await requireWritable(folder);
  expect((await readdir(folder)).toSorted()).toEqual(["my.tmp", elsewhere].toSorted());
});

test("a file in a folder that is not there, or that is a folder, is refused", async () => {
  await mkdir(join(folder, "made"));
  for (const name of ["made", "missing/x.onnx"]) {
    await expect(requireWritableFile(join(folder, name))).rejects.toMatchObject({
      name: "InputError",
      remedy: expect.stringContaining("--out"),
    });
  }
});
