import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bench, benchHere } from "../src/testing/bench.ts";
import { engine, makeRun, pair, smoke } from "../src/testing/smoke-run.ts";
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

/** Every command that writes where a flag says, without the place. */
const writers: readonly (readonly [name: string, args: () => string[], flag: string])[] = [
  ["run", () => smoke, "--out"],
  ["eval", () => ["eval", ...engine, ...pair, "--images", "50"], "--out"],
  ["tune", () => ["tune", ...engine, ...pair, "--budget", "5"], "--out"],
  ["calibrate", () => ["calibrate", ...engine, ...pair, "--budget", "1"], "--out"],
  ["explain", () => ["explain", ...engine, ...pair], "--out"],
  ["excitations", () => ["excitations", ...engine, ...pair, "--images", "50"], "--out"],
  ["export", () => ["export", ...pair], "--out"],
  ["merge", () => ["merge", run], "--out"],
  ["record", () => ["record", run], "--history"],
];

describe.each(writers)("bench %s", (name, args, flag) => {
  test("says at once that its place cannot be written to, whatever it is", async () => {
    const file = join(folder, "a-file");
    await writeFile(file, "");
    const place = name === "export" ? join(file, "x.onnx") : join(file, "x");
    const { code, stderr } = await benchHere(...args(), flag, place);
    expect(stderr).toContain(file);
    expect(stderr).toContain(flag);
    expect(stderr).not.toMatch(trace);
    expect(stderr).not.toMatch(/image \d|oracle|\[1\/|replica |left/);
    expect(code).toBe(2);
  });

  test.skipIf(!mayMount)(
    "says so of a read-only disk (skipped without the right to mount)",
    async () => {
      await using disk = await mountSmallDisk("64k");
      await disk.freeze();
      const place = join(disk.path, name === "export" ? "x.onnx" : "x");
      const { code, stderr } = await benchHere(...args(), flag, place);
      expect(stderr).toContain("its disk is read-only");
      expect(stderr).toContain(disk.path);
      expect(stderr).toContain(flag);
      expect(stderr).not.toMatch(/image \d|oracle|\[1\/|replica |left/);
      expect(code).toBe(2);
    },
  );
});

test("a device that --out names is written to, and stays a device", async () => {
  expect(await bench("export", ...pair, "--out", "/dev/null")).toMatchObject({ code: 0 });
  expect(await readFile("/dev/null", "utf8")).toBe("");
});
