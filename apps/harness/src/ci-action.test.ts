import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commentMarker } from "@sebench/report";
import { formatRecord, parseResults, type RunRecord } from "@sebench/results";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const actionFolder = join(repository, ".github/actions/sebench");
const read = (name: string) => readFileSync(join(actionFolder, name), "utf8");
const action = parse(read("action.yml")) as Action;

/** A run of eleven cases; the case that tests slow down is the first. */
const shipped = join(repository, "packages/report/fixtures/run.json");

let workspace: string;
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), "sebench-action-"));
});

/**
 * Runs the action's own commands as a runner would, with the environment that the
 * action gives them, and leaves out what other actions do.
 */
async function runAction(inputs: Readonly<Record<string, string>>, path = process.env["PATH"]!) {
  const folder = await mkdtemp(join(tmpdir(), "sebench-runner-"));
  const [outputFile, summaryFile] = [join(folder, "output"), join(folder, "summary")];
  await Promise.all([outputFile, summaryFile].map((file) => writeFile(file, "")));
  const outputs = async () => readOutputs(await readFile(outputFile, "utf8"));
  let [code, log] = [0, ""];
  for (const { run, env = {} } of action.runs.steps) {
    if (run === undefined || code !== 0) continue;
    const known = await outputs();
    const given = Object.entries(env).map(([name, text]) => [name, evaluate(text, inputs, known)]);
    const result = await bash(run, {
      ...process.env,
      CI: "true",
      PATH: path,
      GITHUB_ACTION_PATH: actionFolder,
      GITHUB_WORKSPACE: workspace,
      GITHUB_OUTPUT: outputFile,
      GITHUB_STEP_SUMMARY: summaryFile,
      GITHUB_HEAD_REF: "",
      GITHUB_REF_NAME: "main",
      ...Object.fromEntries(given),
    });
    code = result.code;
    log += result.log;
  }
  return { code, log, outputs: await outputs(), summary: await readFile(summaryFile, "utf8") };
}

/** An expression of action.yml: an input, or an output of the step `bench`. */
function evaluate(
  text: string,
  inputs: Readonly<Record<string, string>>,
  outputs: Readonly<Record<string, string>>,
): string {
  return text.replaceAll(/\$\{\{ (.+?) \}\}/g, (_, expression: string) => {
    const [, input] = /^inputs\.([\w-]+)$/.exec(expression) ?? [];
    if (input !== undefined) return inputs[input] ?? action.inputs[input]!.default;
    return outputs[/^steps\.bench\.outputs\.([\w-]+)$/.exec(expression)![1]!] ?? "";
  });
}

/** `name<<end`, the value's lines, `end`. */
function readOutputs(text: string): Record<string, string> {
  const blocks = text.matchAll(/^([\w-]+)<<(.+)\n([^]*?)\n?\2$/gm);
  return Object.fromEntries([...blocks].map(([, name, , value]) => [name, value]));
}

/** As GitHub starts `shell: bash`. */
function bash(script: string, env: NodeJS.ProcessEnv): Promise<{ code: number; log: string }> {
  const args = ["--noprofile", "--norc", "-eo", "pipefail", "-c", script];
  return new Promise((resolve) => {
    execFile("bash", args, { env, cwd: workspace }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, log: stdout + stderr });
    });
  });
}

/** The shipped run, changed, in a folder of the workspace. */
async function writeRun(path: string, change: (run: RunRecord) => RunRecord): Promise<void> {
  const run = parseResults(await readFile(shipped, "utf8"), shipped);
  await mkdir(join(workspace, path), { recursive: true });
  await writeFile(join(workspace, path, "results.json"), formatRecord(change(run)));
}

/** An `npx` that does what a script in the shell's words says. */
async function npxThat(script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sebench-npx-"));
  await writeFile(join(folder, "npx"), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  return `${folder}:${process.env["PATH"]}`;
}

/** The same command line, without the seconds that npm and pnpm take each time. */
const directly = npxThat(
  `exec "${process.execPath}" --import tsx apps/harness/src/main.ts "\${@:5}"`,
);

async function compare(inputs: Readonly<Record<string, string>>) {
  return runAction({ ...inputs, out: `out-${inputs["parts"]}-${inputs["base"]}` }, await directly);
}

const named = (id: string) => (run: RunRecord) => ({ ...run, run: { ...run.run, id } });

/** SE costs a tenth more than it did, in every replica of the first case. */
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

describe("action.yml", () => {
  const names = Object.keys(action.inputs);
  const steps = action.runs.steps;

  it("hands bench.sh every input that it reads", () => {
    const wanted = new Set(read("bench.sh").match(/\bINPUT_[A-Z_]*[A-Z]/g));
    const flags = ["INPUT_ALLOW_MISSING", "INPUT_COMMENT", "INPUT_FAIL_ON_REGRESSION"];
    const env = steps.find(({ run }) => run?.includes("bench.sh"))!.env!;
    expect(Object.keys(env).toSorted()).toEqual([...new Set([...wanted, ...flags])].toSorted());
  });

  it("uses every input that it declares, and declares every one that it uses", () => {
    const used = read("action.yml").matchAll(/\binputs\.([\w-]+)/g);
    expect(new Set([...used].map(([, name]) => name))).toEqual(new Set(names));
  });

  it("gives only outputs that bench.sh sets", () => {
    const set = [...read("bench.sh").matchAll(/^output ([\w-]+)/gm)].map(([, name]) => name);
    const given = [...read("action.yml").matchAll(/steps\.bench\.outputs\.([\w-]+)/g)];
    expect(set).toEqual(expect.arrayContaining(given.map(([, name]) => name)));
    expect(Object.keys(action.outputs)).toEqual(["results", "report", "regressed"]);
  });

  it("puts no expression into a command, where a name could become code", () => {
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });

  it.each([
    ["actions/sebench/action.yml"],
    ["workflows/bench.yml"],
    ["workflows/bench-gpu.yml"],
    ["workflows/ci.yml"],
  ])("%s pins the actions of others to a commit", (name) => {
    const text = readFileSync(join(repository, ".github", name), "utf8");
    const used = [...text.matchAll(/uses: (\S+)/g)].map(([, use]) => use!);
    const others = used.filter((use) => !use.startsWith("./"));
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter((use) => !/@[0-9a-f]{40}$/.test(use))).toEqual([]);
  });
});

describe("a run of the action", () => {
  const smallest = "--runtime onnxruntime-node/cpu --network se-resnet8 --no-fetch";
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
