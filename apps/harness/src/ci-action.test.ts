import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commentMarker } from "@sebench/report";
import { formatRecord, parseResults, type RunRecord } from "@sebench/results";
import { beforeAll, describe, expect, it } from "vitest";
import { repository, runActionIn } from "./testing/run-action.ts";

/** The shipped run. Tests slow down its first case. */
const shipped = join(repository, "packages/report/fixtures/run.json");

let workspace: string;
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), "sebench-action-"));
});

const runAction = (inputs: Readonly<Record<string, string>>, path?: string) =>
  runActionIn(workspace, inputs, path);

/** Writes the shipped run, changed, into a folder of the workspace. */
async function writeRun(path: string, change: (run: RunRecord) => RunRecord): Promise<void> {
  const run = parseResults(await readFile(shipped, "utf8"), shipped);
  await mkdir(join(workspace, path), { recursive: true });
  await writeFile(join(workspace, path, "results.json"), formatRecord(change(run)));
}

/** Makes an `npx` that runs a script of the shell. */
async function npxThat(script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sebench-npx-"));
  await writeFile(join(folder, "npx"), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  return `${folder}:${process.env["PATH"]}`;
}

/** An `npx` that calls the command line without the seconds that npm and pnpm take each time. */
const directly = npxThat(
  `exec "${process.execPath}" --import tsx/esm apps/harness/src/main.ts "\${@:5}"`,
);

async function compare(inputs: Readonly<Record<string, string>>) {
  return runAction({ ...inputs, out: `out-${inputs["parts"]}-${inputs["base"]}` }, await directly);
}

const named = (id: string) => (run: RunRecord) => ({ ...run, run: { ...run.run, id } });

/** The run with an SE that costs a tenth more, in every replica of the first case. */
function slowed({ cases: [first, ...others], ...run }: RunRecord): RunRecord {
  if (first?.status !== "ok") throw new Error("the first case of the shipped run has no figures");
  const { ratio, interval, replicas } = first.overhead;
  const [low, high] = interval!;
  const overhead = {
    ...first.overhead,
    ratio: 1.1 * ratio,
    interval: [1.1 * low, 1.1 * high] as const,
    replicas: replicas.map((each) => 1.1 * each),
  };
  return { ...run, cases: [{ ...first, overhead }, ...others] };
}

describe("a run of the action", () => {
  const smallest = "--runtime onnxruntime-node/cpu --network se-resnet8 --lowering gemm --no-fetch";
  let first: Awaited<ReturnType<typeof runAction>>;

  beforeAll(async () => {
    const args = `${smallest} --profile quick --budget 1`;
    first = await runAction({ arguments: args, record: "true", history: "history" });
  });

  it("leaves its files, its summary and no verdict where there is no base", () => {
    const out = join(workspace, "sebench-results");
    expect(first.outputs).toMatchObject({
      results: join(out, "results.json"),
      report: join(out, "report.html"),
      regressed: "",
      artifact: "sebench-results",
    });
    expect(parseResults(readFileSync(first.outputs["results"]!, "utf8"), "").cases).toHaveLength(1);
    expect(first.summary).toContain("se-resnet8, 32 px, batch 1");
    expect(first.code).toBe(0);
  });

  it("compares and summarises where a case failed, and then fails", async () => {
    const args = `${smallest} --budget 600 --timeout 3`;
    const inputs = { arguments: args, out: "results/failing", base: "main", history: "history" };
    const { code, outputs, summary } = await runAction(inputs);
    expect(outputs).toMatchObject({ regressed: "true", artifact: "results-failing" });
    expect(summary).toContain("no answer within 3 s");
    expect(summary).toContain("runtime gone");
    expect(summary).toContain("branch main");
    expect(code).toBe(1);
  });

  it("ends with 2 on bad input, and says where to look", async () => {
    const { code, outputs, summary, log } = await runAction({
      arguments: "--network se-resnet51",
      out: "bad",
    });
    expect(log).toContain('there is no network "se-resnet51"');
    expect(summary).toContain("exit code 2");
    expect(outputs).toMatchObject({ results: "", regressed: "" });
    expect(code).toBe(2);
  });
});

describe("a comparison by the action", () => {
  beforeAll(async () => {
    await writeRun("base", named("base"));
    await writeRun("same/only", named("same"));
    await writeRun("slower/only", (run) => slowed(named("slower")(run)));
  });

  it("passes where nothing has changed", async () => {
    const inputs = { parts: "same", base: "base/results.json" };
    const { code, outputs, summary } = await compare(inputs);
    expect(outputs).toMatchObject({ regressed: "false", "exit-code": "0" });
    expect(summary.indexOf("What squeeze-and-excitation costs here")).toBeGreaterThanOrEqual(0);
    expect(summary.indexOf(commentMarker)).toBeGreaterThan(0);
    expect(readFileSync(outputs["comparison"]!, "utf8")).toMatch(/^<!-- sebench comparison -->\n/);
    expect(code).toBe(0);
  });

  it("fails on a regression", async () => {
    const { code, outputs, summary } = await compare({ parts: "slower", base: "base" });
    expect(summary).toContain("1 regressed");
    expect(outputs["regressed"]).toBe("true");
    expect(code).toBe(1);
  });

  it("takes a threshold, and leave for cases that are gone", async () => {
    await writeRun("fewer/only", (run) => {
      const { cases, ...rest } = slowed(named("fewer")(run));
      return { ...rest, cases: cases.toSpliced(1, 1) };
    });
    const inputs = { parts: "fewer", base: "base", threshold: "20", "allow-missing": "true" };
    const { code, outputs, summary } = await compare(inputs);
    expect(summary).toContain("the head does not have it");
    expect(outputs["regressed"]).toBe("false");
    expect(code).toBe(0);
  });

  it("ends with 2 where there is no such base, after its report", async () => {
    const inputs = { parts: "same", base: "nightly", history: "nowhere" };
    const { code, outputs, summary, log } = await compare(inputs);
    expect(log).toContain('there is no run "nightly"');
    expect(summary).toContain("What squeeze-and-excitation costs here");
    expect(outputs).toMatchObject({ regressed: "", comparison: "" });
    expect(code).toBe(2);
  });
});

describe("the parts of a matrix", () => {
  const [here, there] = ["a".repeat(16), "b".repeat(16)];
  const shard = (index: number, machine: string) => (run: RunRecord) => ({
    ...run,
    run: { ...run.run, id: "whole", shard: { index, of: 2 } },
    machine: { ...run.machine, key: machine },
    cases: run.cases.filter((_, position) => position % 2 === index - 1),
  });

  it("fail where a shard is missing, once the others are compared", async () => {
    await writeRun("base-of-one", (run) => named("base")(shard(1, here)(run)));
    await writeRun("one/1", shard(1, here));
    const { code, outputs, log } = await compare({ parts: "one", base: "base-of-one" });
    expect(log).toContain("Missing: --shard 2/2");
    expect(outputs["regressed"]).toBe("false");
    expect(code).toBe(1);
  });

  it("are compared machine by machine, each with its own base", async () => {
    await writeRun("two/1", (run) => shard(1, here)(slowed(run)));
    await writeRun("two/2", shard(2, there));
    await writeRun(`base-of-two/${here}`, (run) => named("base")(shard(1, here)(run)));
    await writeRun(`base-of-two/${there}`, (run) => named("base")(shard(2, there)(run)));
    const inputs = { parts: "two", base: "base-of-two", "fail-on-regression": "false" };
    const { code, outputs } = await compare(inputs);
    const results = outputs["results"]!.split("\n");
    expect(results.map((path) => path.split("/").slice(-2))).toEqual([
      [here, "results.json"],
      [there, "results.json"],
    ]);
    const [first, second, end] = readFileSync(outputs["comparison"]!, "utf8").split(
      "On the machine",
    );
    expect(first).toMatch(/^<!-- sebench comparison -->[^]* 1 regressed/);
    expect(second).toMatch(new RegExp(`^ ${here}[^]* 0 regressed`));
    expect(end).toContain(there);
    expect(outputs["regressed"]).toBe("true");
    expect(code).toBe(0);
  });
});

describe("inputs of the action", () => {
  let path: string;
  beforeAll(async () => {
    path = await npxThat('printf "[%s]\\n" "$@"');
  });

  it.each([
    ["", []],
    ["--profile smoke\n--batch 1,8\n", ["--profile", "smoke", "--batch", "1,8"]],
    ["--network 'se-resnet18{r=4,squeeze=max}'", ["--network", "se-resnet18{r=4,squeeze=max}"]],
    ["--out '$(touch pwned)' `id` ; *", ["--out", "$(touch pwned)", "`id`", ";", "*"]],
  ])("arguments %j become words, and nothing of them runs", async (text, words) => {
    const { log } = await runAction({ arguments: text, out: "no-run" }, path);
    const called = [...log.matchAll(/^\[(.*)\]$/gm)].map(([, word]) => word);
    const out = join(workspace, "no-run");
    expect(called.slice(2)).toEqual(["--silent", "bench", "run", ...words, "--out", out]);
    expect(log).not.toContain("uid=");
  });

  it.each([
    [{ arguments: "--network 'se-resnet18" }, "arguments cannot be split into words"],
    [{ "fail-on-regression": "yes" }, 'INPUT_FAIL_ON_REGRESSION is "yes": give true or false'],
    [{ record: "true" }, "history names no folder"],
  ])("%j is refused", async (inputs, reason) => {
    const { code, log } = await runAction(inputs as Record<string, string>, path);
    expect(log).toContain(reason);
    expect(log).not.toContain("[run]");
    expect(code).toBe(2);
  });
});
