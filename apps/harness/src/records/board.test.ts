import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Measurement, measurementBlock } from "@sebench/results";
import { sampleMeasurement } from "@sebench/results/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { repository } from "../testing/run-action.ts";

const run = promisify(execFile);
const bench = `node --import ${import.meta.resolve("tsx/esm")} ${join(repository, "apps/harness/src/main.ts")}`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-board-"));
});

afterEach(() => rm(folder, { recursive: true }));

/** A measurement of a network whose answers of the oracle ship, with none of its own. */
function made(seed = 1): Measurement {
  return { ...sampleMeasurement({ seed }), logits: null };
}

async function sebench(...args: readonly string[]) {
  const [program, ...first] = bench.split(" ") as [string, ...string[]];
  return run(program, [...first, ...args], { cwd: folder }).then(
    ({ stdout, stderr }) => ({ code: 0, told: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      told: error.stdout + error.stderr,
    }),
  );
}

test("a block is put on the board once, and the board is drawn", async () => {
  const file = join(folder, "block.md");
  await writeFile(file, `Hello\n\n${measurementBlock(made())}`);
  expect(await sebench("submit", file, "--by", "me", "--check")).toMatchObject({ code: 0 });
  const asked = ["submit", file, "--by", "me", "--source", "https://example.org/issues/1"];
  expect((await sebench(...asked)).told).toContain("added: mobilenet-v3-large");
  expect((await sebench(...asked)).told).toContain("on the board already");
  expect((await sebench("board")).told).toContain("1 measurement, 1 submitter");
  expect(await sebench("board", "--out", "board.html")).toEqual({ code: 0, told: "board.html\n" });
  expect(await readFile(join(folder, "board.html"), "utf8")).toContain(
    'href="https://example.org/issues/1"',
  );
});

test("what is not believed is one error, and nothing of the same submission is appended", async () => {
  const [good, wrong, logits] = ["good.md", "wrong.md", "logits.md"].map((name) =>
    join(folder, name),
  );
  const { overhead, ...rest } = made(11);
  await writeFile(good!, measurementBlock(made()));
  await writeFile(wrong!, measurementBlock({ ...rest, overhead: { ...overhead, ratio: 1.5 } }));
  await writeFile(logits!, measurementBlock(sampleMeasurement()));
  const refused = await sebench("submit", good!, wrong!, "--by", "me");
  expect(refused.code).toBe(2);
  expect(refused.told).toContain("wrong.md is not believed: its overhead 1.5");
  expect((await sebench("submit", good!, logits!, "--by", "me")).told).toContain(
    "logits.md is not believed: its logits are not the oracle's",
  );
  const empty = await sebench("board");
  expect(empty.code).toBe(2);
  expect(empty.told).toContain("there are no measurements in results/board/measurements.jsonl");
});

test.each([
  [["submit", "none.md", "--by", "me"], "there are no results at none.md"],
  [["submit", "none.md"], "required option '--by <name>'"],
  [["submit", "none.md", "--by", "a\nb"], "--by is no text of one line"],
  [
    ["submit", "none.md", "--by", "me", "--source", "http://a.b"],
    "--source is no address of https",
  ],
])("%j is one clear error", async (args, words) => {
  const { code, told } = await sebench(...args);
  expect(code).toBe(2);
  expect(told).toContain(words);
});

/** A repository with an empty board, its clone, and the folder of a runner. */
async function makeRunner() {
  const [origin, clone, runner] = ["origin", "clone", "runner"].map((name) => join(folder, name));
  const git = (...args: readonly string[]) => run("git", args, { cwd: folder });
  await git("init", "--quiet", "--bare", "--initial-branch", "main", origin!);
  await git("clone", "--quiet", origin!, clone!);
  await writeFile(join(clone!, "README.md"), "");
  const named = ["-C", clone!, "-c", "user.name=a", "-c", "user.email=a@localhost"];
  await git(...named, "add", ".");
  await git(...named, "commit", "--quiet", "-m", "empty");
  await git("-C", clone!, "push", "--quiet", "origin", "HEAD:main");
  await mkdir(runner!);
  return { origin: origin!, clone: clone!, runner: runner! };
}

test("the workflow's script takes an issue for data, and pushes a row", async () => {
  const { origin, clone, runner } = await makeRunner();
  const event = join(runner, "event.json");
  const script = join(repository, ".github/board/submission.sh");
  const handle = async (mode: string, body: string) => {
    const issue = { body, user: { login: "some-body" }, html_url: "https://example.org/issues/7" };
    await writeFile(event, JSON.stringify({ issue }));
    const env = {
      ...process.env,
      BENCH: bench,
      BRANCH: "main",
      GITHUB_EVENT_PATH: event,
      PUSH_URL: origin,
    };
    const code = await run("bash", [script, mode, runner], { cwd: clone, env }).then(
      () => 0,
      (error: { code: number }) => error.code,
    );
    return { code, answer: await readFile(join(runner, "answer.md"), "utf8") };
  };
  const board = async () =>
    (await run("git", ["-C", origin, "show", "main:results/board/measurements.jsonl"])).stdout;

  const hostile =
    "$(touch pwned) `touch pwned` \"; touch pwned; ' | touch pwned\n::warning::x\n@somebody\n\n";
  const block = measurementBlock(made());
  const refused = await handle("append", `${hostile}\`\`\`json\n{"schema": 1}\n\`\`\``);
  expect(refused.code).toBe(2);
  expect(refused.answer).toContain("    error: ");
  await expect(board()).rejects.toThrow("measurements.jsonl");

  expect((await handle("check", hostile + block)).answer).toContain("    is believed: ");
  expect((await handle("append", hostile + block)).answer).toContain("    added: ");
  const { code, answer } = await handle("append", hostile + block);
  expect(code).toBe(0);
  expect(answer).toMatch(/^Thank you[^\n]*\n\n {4}on the board already: \w{12}\n$/);
  const rows = (await board()).trim().split("\n");
  expect(rows).toHaveLength(1);
  expect(JSON.parse(rows[0]!)).toMatchObject({
    by: "some-body",
    source: "https://example.org/issues/7",
  });
  await expect(readFile(join(clone, "pwned"))).rejects.toThrow("ENOENT");
});

test.each(["board.yml", "pages.yml"])("no command of %s holds an expression", async (name) => {
  const text = await readFile(join(repository, ".github/workflows", name), "utf8");
  const { jobs } = parse(text) as {
    readonly jobs: Readonly<
      Record<string, { readonly steps: readonly { readonly run?: string }[] }>
    >;
  };
  const commands = Object.values(jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run: own }) => own ?? []),
  );
  expect(commands.length).toBeGreaterThan(2);
  for (const command of commands) expect(command).not.toContain("${{");
  // What somebody may write freely is in no variable either.
  expect(text).not.toMatch(/\$\{\{[^}]*(?:body|title|login)[^}]*\}\}/);
});
