import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readResults } from "@sebench/results";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { node, startBench } from "../src/testing/bench.ts";
import { makeRun, smoke } from "../src/testing/smoke-run.ts";

const trace = /^\s+at /m;

let folder: string;
let run: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "closed-output-"));
  run = join(folder, "run");
  await makeRun(run);
});
afterAll(() => rm(folder, { recursive: true }));

test("a reader that closes stdout ends a command quietly", async () => {
  const [command, ...first] = node as [string, ...string[]];
  const child = spawn(command, [...first, "list"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [code] = (await once(child, "close")) as [number | null];
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

describe.runIf(existsSync("/dev/full"))(
  "an output that is full (skipped without /dev/full)",
  () => {
    test.each([["list"], ["report", "--format", "html"]])(
      "stdout of bench %s",
      async (name, ...more) => {
        const args = name === "report" ? [name, run, ...more] : [name];
        const { code, stderr } = await startBench(args, { shell: "exec >/dev/full" }).ended;
        expect(stderr).toContain("cannot write to stdout: no space is left on its disk");
        expect(stderr).not.toMatch(trace);
        expect(code).toBe(2);
      },
    );

    test.each(["exec 2>/dev/full", "exec 2>&-", "exec 2> >(exec <&-)"])(
      "a run goes on without a stderr: %s",
      async (shell) => {
        const out = join(folder, `stderr-${shell.length}`);
        const { code, stdout } = await startBench([...smoke, "--out", out], { shell }).ended;
        expect(stdout).toContain("report.html");
        expect(code).toBe(0);
        expect((await readResults(out)).cases).toMatchObject([{ status: "ok" }]);
      },
    );
  },
);

describe.skipIf(process.platform === "win32")("a limit of open files", () => {
  test.each([64])("of %i is told with ulimit -n", async (limit) => {
    const { code, stderr } = await startBench([...smoke, "--out", join(folder, "files")], {
      shell: `ulimit -n ${limit}`,
    }).ended;
    expect(stderr).toMatch(/^error: .*\n {7}allow more with `ulimit -n 4096`.*\n$/);
    expect(code).toBe(2);
  });
});
