import { once } from "node:events";
import { cp, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readResults } from "@sebench/results";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { benchHere, type Started, startBench } from "../src/testing/bench.ts";
import { engine, makeRun, pair, smoke } from "../src/testing/smoke-run.ts";

let folder: string;
let run: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "shared-folder-"));
  run = join(folder, "run");
  await makeRun(run);
});
afterAll(() => rm(folder, { recursive: true }));

/** Waits until a command line holds a file of its own. */
async function untilHeld(file: string, { child }: Started): Promise<void> {
  // A lock that was made and not yet written names no process.
  while (!((await stat(`${file}.lock`).catch(() => null))?.size ?? 0)) {
    if (child.exitCode !== null) throw new Error("it ended before it held its file");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("two commands that write one place", () => {
  const calibrate = ["calibrate", ...engine, ...pair, "--budget", "1", "--trials", "2"];
  const tune = ["tune", ...engine, ...pair, "--budget", "5"];

  test("two runs: the second is refused, and the first loses nothing", async () => {
    const out = join(folder, "two-runs");
    const first = startBench([...smoke, "--out", out]);
    await untilHeld(join(out, "results.json"), first);
    const second = await benchHere(...smoke, "--network", "se-resnet20", "--out", out);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain(`another run: process ${first.child.pid}`);
    expect(second.stderr).toContain("--out");
    expect(await first.ended).toMatchObject({ code: 0 });
    expect((await readResults(out)).cases).toMatchObject([{ status: "ok" }]);
    expect((await readdir(out)).toSorted()).toEqual(["report.html", "report.md", "results.json"]);
  });

  test("two that resume: the second is refused, and the first loses nothing", async () => {
    const out = join(folder, "two-resumed");
    await cp(run, out, { recursive: true });
    const more = ["--network", "se-resnet20"];
    const first = startBench([...smoke, ...more, "--resume", out]);
    await untilHeld(join(out, "results.json"), first);
    const second = await benchHere(...smoke, "--resume", out);
    expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining("another run") });
    expect(await first.ended).toMatchObject({ code: 0 });
    expect((await readResults(out)).cases).toHaveLength(2);
  });

  test.each([
    ["calibrations", calibrate],
    ["tunings", tune],
  ])("two %s: the second is refused", async (name, args) => {
    const out = join(folder, name);
    const first = startBench([...args, "--out", out]);
    const held = async () =>
      (await readdir(out).catch(() => [])).find((each) => each.endsWith(".lock"));
    while ((await held()) === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await benchHere(...args, "--out", out);
    expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining("process") });
    first.child.kill("SIGINT");
    expect(await first.ended).toMatchObject({ code: 130 });
    expect((await readdir(out)).filter((each) => !each.endsWith(".json"))).toEqual([]);
  });

  test("the folder of a run that was killed is taken over, which is said", async () => {
    const out = join(folder, "killed");
    const first = startBench([...smoke, "--out", out]);
    await untilHeld(join(out, "results.json"), first);
    first.child.kill("SIGKILL");
    await once(first.child, "close");
    const second = await startBench([...smoke, "--out", out]).ended;
    expect(second.code).toBe(0);
    expect(second.stderr).toContain(`taken over from process ${first.child.pid}`);
    expect((await readdir(out)).toSorted()).toEqual(["report.html", "report.md", "results.json"]);
  });
});

test.each([
  ["--seed", "2", "with --seed 1"],
  ["--profile", "quick", "with --profile smoke"],
  ["--budget", "9", "without --budget"],
  ["--shard", "1/2", "without --shard"],
  ["--out", "/elsewhere", "--out names /elsewhere"],
])("--resume with another %s is refused, and the record stays", async (flag, value, words) => {
  const before = await readFile(join(run, "results.json"));
  const args = flag === "--profile" ? ["run", ...engine, ...pair] : smoke;
  const { code, stderr } = await benchHere(...args, flag, value, "--resume", run);
  expect(stderr).toContain(words);
  expect(stderr).toContain(`leave out ${flag}`);
  expect(code).toBe(2);
  expect(await readFile(join(run, "results.json"))).toEqual(before);
});
