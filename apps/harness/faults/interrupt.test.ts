import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { defaultCacheDirectory } from "@sebench/artifacts";
import { findBrowser } from "@sebench/hosts/testing";
import { readResults } from "@sebench/results";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Started, startBench } from "../src/testing/bench.ts";
import { makeRun, pair, smoke } from "../src/testing/smoke-run.ts";

const browser = await findBrowser({ cacheDirectory: defaultCacheDirectory() });
const inBrowser = [
  "run",
  "--profile",
  "smoke",
  "--runtime",
  "onnxruntime-web/wasm",
  "--host",
  "chromium",
  "--no-fetch",
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "interrupt-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function until<Found>(find: () => Promise<Found | null>, { child }: Started): Promise<Found> {
  for (;;) {
    const found = await find();
    if (found !== null) return found;
    if (child.exitCode !== null) throw new Error("it ended too early");
    await sleep(50);
  }
}

interface Line {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly args: string;
}

async function processes(): Promise<Line[]> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid,ppid,pgid,args", "-ww"]);
  return stdout.split("\n").flatMap((line) => {
    const [, pid, parent, group, args] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return args === undefined || args.includes("<defunct>")
      ? []
      : [{ pid: Number(pid), parent: Number(parent), group: Number(group), args }];
  });
}

/** The processes of the n-th browser of a command line, once it has a page. */
async function browserOf({ child }: Started, nth: number): Promise<Line[] | null> {
  const all = await processes();
  const main = all.find(
    ({ args, group, pid }) =>
      group === pid && args.includes(`--sebench-browser=${child.pid}-${nth}`),
  );
  const own = all.filter(({ group }) => group === main?.pid);
  return own.some(({ args }) => args.includes("--type=renderer")) ? own : null;
}

describe.skipIf(process.platform === "win32")("an interrupt", () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "by %s leaves a whole run",
    async (signal) => {
      const out = join(folder, signal);
      const started = startBench([...smoke, "--budget", "60", "--out", out]);
      await until(async () => (await jobsOf(started))[0] ?? null, started);
      started.child.kill(signal);
      const { code, stdout, stderr } = await started.ended;
      expect(code).toBe(130);
      expect(stdout).toContain("Interrupted.");
      expect(stderr).not.toMatch(/^\s+at /m);
      expect((await readResults(out)).run).toMatchObject({ interrupted: true });
      expect(await readFile(join(out, "report.html"), "utf8")).toMatch(/<\/html>\s*$/);
      expect((await readdir(out)).toSorted()).toEqual(["report.html", "report.md", "results.json"]);
      expect(await jobsOf(started)).toEqual([]);
    },
  );

  test("while reports are written leaves each of them old or new, never half", async () => {
    const run = join(folder, "reports");
    await makeRun(run);
    const record = await readFile(join(run, "results.json"));
    const names = ["report.html", "report.md"];
    const whole = await Promise.all(names.map((name) => readFile(join(run, name), "utf8")));
    for (const signal of ["SIGINT", "SIGKILL", "SIGKILL"] as const) {
      for (const name of names) await writeFile(join(run, name), "old");
      const started = startBench(["report", run]);
      const isDraft = async () =>
        started.child.exitCode !== null ||
        (await readdir(run)).some((name) => name.endsWith(".tmp"));
      while (!(await isDraft())) await sleep(0);
      started.child.kill(signal);
      await started.ended;
      for (const [index, name] of names.entries()) {
        expect(["old", whole[index]]).toContain(await readFile(join(run, name), "utf8"));
      }
      expect(await readFile(join(run, "results.json"))).toEqual(record);
    }
    // What the killed ones left is removed by the next command that takes the folder.
    expect(await startBench([...smoke, "--resume", run]).ended).toMatchObject({ code: 0 });
    expect((await readdir(run)).toSorted()).toEqual(["report.html", "report.md", "results.json"]);
  });
});

/** The processes that a command line runs jobs in. */
async function jobsOf({ child }: Started): Promise<Line[]> {
  const all = await processes();
  return all.filter(({ parent, args }) => parent === child.pid && args.includes("job-process"));
}

describe.skipIf(!browser.ok || process.platform !== "linux")(
  "a browser whose processes hang (skipped off Linux, and without a browser)",
  () => {
    test("is ended by --timeout, with all its processes, and the run goes on", async () => {
      const out = join(folder, "hangs");
      const limits = ["--budget", "60", "--timeout", "15"];
      const started = startBench([...inBrowser, ...pair, ...limits, "--out", out]);
      // The first browser answers the probe, and the second runs the case.
      const own = await until(() => browserOf(started, 2), started);
      for (const { pid } of own) process.kill(pid, "SIGSTOP");
      expect((await started.ended).code).toBe(1);
      expect((await readResults(out)).cases).toMatchObject([
        { status: "failed", reason: "it gave no answer within 15 s and was ended" },
      ]);
      const left = (await processes()).filter(({ group }) => group === own[0]!.group);
      expect(left).toEqual([]);
    });

    test.each([1, 2])("is ended by Ctrl-C, at once: browser %i of a run", async (nth) => {
      const out = join(folder, `interrupted-${nth}`);
      const started = startBench([...inBrowser, ...pair, "--budget", "60", "--out", out]);
      const own = await until(() => browserOf(started, nth), started);
      for (const { pid } of own) process.kill(pid, "SIGSTOP");
      started.child.kill("SIGINT");
      const before = performance.now();
      expect((await started.ended).code).toBe(130);
      expect(performance.now() - before).toBeLessThan(20_000);
      const left = (await processes()).filter(({ group }) => group === own[0]!.group);
      expect(left).toEqual([]);
    });

    test("what a killed run left is removed by the next, and a living run's is not", async () => {
      const place = join(folder, "tmp");
      await mkdir(place);
      const environment = { TMPDIR: place };
      const start = (name: string) =>
        startBench([...inBrowser, ...pair, "--budget", "60", "--out", join(folder, name)], {
          environment,
        });
      const ofBrowsers = async () =>
        (await readdir(place)).filter((name) => /^(sebench-page|playwright)/.test(name));
      const living = start("living");
      await until(() => browserOf(living, 2), living);
      const before = await ofBrowsers();
      const killed = start("killed");
      await until(() => browserOf(killed, 2), killed);
      killed.child.kill("SIGKILL");
      await once(killed.child, "close");
      expect((await ofBrowsers()).length).toBeGreaterThan(before.length);
      const next = startBench([...smoke, "--out", join(folder, "next")], { environment });
      expect(await next.ended).toMatchObject({ code: 0 });
      expect(await ofBrowsers()).toEqual(before);
      living.child.kill("SIGINT");
      expect(await living.ended).toMatchObject({ code: 130 });
      expect(await ofBrowsers()).toEqual([]);
    });
  },
);
