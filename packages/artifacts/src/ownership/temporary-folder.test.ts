import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { thisProcess } from "@sebench/hardware";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sweepTemporary, temporaryFolder } from "./temporary-folder.ts";

let place: string;
let ended: number;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "temporary-"));
  vi.stubEnv("TMPDIR", place);
  const child = spawn("true");
  await once(child, "close");
  ended = child.pid!;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(place, { recursive: true, force: true });
});

const named = (host: string, pid: number) => join(place, `sebench-page~${host}~${pid}~0~1~abcdef`);

test("a folder is there until it is disposed of", async () => {
  const folder = await temporaryFolder("page");
  expect(folder.path.startsWith(join(place, "sebench-page~"))).toBe(true);
  expect(existsSync(folder.path)).toBe(true);
  await folder[Symbol.asyncDispose]();
  expect(existsSync(folder.path)).toBe(false);
});

test("what a killed process left is removed, with what it noted", async () => {
  const left = named(thisProcess().host, ended);
  const [profile, other] = [join(place, "playwright_profile-1"), join(place, "of-others")];
  for (const folder of [left, profile, other]) await mkdir(folder);
  await writeFile(join(left, "outside.txt"), `${profile}\n${other}\n/\n`);
  await sweepTemporary();
  expect([left, profile, other].map(existsSync)).toEqual([false, false, true]);
});

test("what runs, is another machine's, or has no owner in its name stays", async () => {
  const own = await temporaryFolder("page");
  const stays = [own.path, named("another", ended), join(place, "sebench-page-old")];
  for (const folder of stays) await mkdir(folder, { recursive: true });
  await sweepTemporary();
  expect(stays.map(existsSync)).toEqual([true, true, true]);
});

test("a place that cannot be written to is told with TMPDIR", async () => {
  const file = join(place, "file");
  await writeFile(file, "");
  vi.stubEnv("TMPDIR", file);
  await expect(temporaryFolder("page")).rejects.toMatchObject({
    name: "InputError",
    remedy: expect.stringContaining("TMPDIR"),
  });
});
