import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readResults } from "@sebench/results";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bench, startBench } from "../src/testing/bench.ts";
import { makeRun, smoke } from "../src/testing/smoke-run.ts";
import { mayMount, mountSmallDisk } from "../src/testing/small-disk.ts";

const trace = /^\s+at /m;

let folder: string;
let run: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "full-disk-"));
  run = join(folder, "run");
  await makeRun(run);
});
afterAll(() => rm(folder, { recursive: true }));

describe.skipIf(!mayMount)("a disk that fills up (skipped without the right to mount)", () => {
  test("is found out before anything is measured where it is full already", async () => {
    await using disk = await mountSmallDisk("64k");
    await writeFile(join(disk.path, "filler"), new Uint8Array(2 ** 16)).catch(() => {});
    const { code, stderr } = await bench(...smoke, "--out", join(disk.path, "run"));
    expect(stderr).toContain("no space is left on its disk");
    expect(stderr).not.toMatch(trace);
    expect(stderr).not.toContain("[1/1]");
    expect(code).toBe(2);
  });

  test("leaves the record whole where there is no room for the reports", async () => {
    await using disk = await mountSmallDisk("1m");
    const there = join(disk.path, "run");
    await mkdir(there);
    await writeFile(join(there, "results.json"), await readFile(join(run, "results.json")));
    const filler = new Uint8Array(2 ** 12);
    for (let at = 0; ; at++) {
      const done = await writeFile(join(disk.path, `filler-${at}`), filler).then(
        () => true,
        () => false,
      );
      if (!done) break;
    }
    await rm(join(disk.path, "filler-0"));
    const { code, stderr } = await bench("report", there);
    expect(stderr).toMatch(/cannot write .*report\.html: no space is left on its disk/);
    expect(stderr).not.toMatch(trace);
    expect(code).toBe(2);
    expect(await readdir(there)).toEqual(["results.json"]);
    expect((await readResults(there)).cases).toHaveLength(1);
  });

  test("is told as the folder for temporary files, and not blamed on the engine", async () => {
    await using disk = await mountSmallDisk("16k");
    const out = join(folder, "full-tmpdir");
    const { ended } = startBench([...smoke, "--out", out], {
      environment: { TMPDIR: disk.path, TSX_DISABLE_CACHE: "1" },
    });
    const { code, stdout, stderr } = await ended;
    expect(stdout + stderr).toMatch(/folder for temporary files, .*no space is left on its disk/);
    expect(JSON.stringify(await readResults(out).catch(() => null))).toContain("TMPDIR");
    expect(stderr).not.toMatch(trace);
    expect(code).toBe(1);
  });
});
