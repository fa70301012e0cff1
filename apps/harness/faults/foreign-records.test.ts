import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { benchHere } from "../src/testing/bench.ts";

const shipped = fileURLToPath(
  new URL("../../../packages/report/fixtures/run.json", import.meta.url),
);
const hostile = "\u001B[2J\u202Egnp\u2066\u0007\n# pwned\n![i](https://evil.example) @somebody";
/** What a terminal obeys, and what turns text around. */
const raw = /(?![\r\n])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/u;

interface Run {
  run: Record<string, unknown>;
  machine: { cpu: Record<string, unknown> };
  cases: Record<string, unknown>[];
}

let folder: string;
let given: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-foreign-"));
  given = await readFile(shipped, "utf8");
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

async function changed(name: string, change: (run: Run) => void): Promise<string> {
  const run = JSON.parse(given) as Run;
  change(run);
  return write(name, JSON.stringify(run));
}

const attack = (run: Run) => {
  run.run["id"] = hostile;
  run.run["command"] = hostile;
  run.machine.cpu["model"] = hostile;
  for (const each of run.cases) if (each["status"] !== "ok") each["reason"] = hostile;
};

describe("a record whose texts attack its reader", () => {
  it.each(["table", "markdown", "csv", "github-action-benchmark", "html"])(
    "commands nothing as %s",
    async (format) => {
      const path = await changed("hostile.json", attack);
      const { code, stdout, stderr } = await benchHere("report", path, "--format", format);
      expect(code).toBe(0);
      expect(stdout + stderr).not.toMatch(raw);
      expect(stdout).not.toMatch(/^# pwned/m);
    },
  );

  it("commands nothing in errors that quote its keys", async () => {
    const path = await changed("key.json", (run) => (run.run[hostile.repeat(1000)] = 1));
    const { code, stderr } = await benchHere("report", path);
    expect(code).toBe(2);
    expect(stderr).not.toMatch(raw);
    expect(stderr.length).toBeLessThan(1500);
  });
});

describe("a record that nobody wrote", () => {
  it.each([
    ["nested a hundred thousand deep", () => "[".repeat(1e5), "nested more than 100 deep"],
    [
      "nested deep within its evidence",
      () =>
        given.replace('"evidence": {', `"evidence": {"x": ${"[".repeat(5e4)}${"]".repeat(5e4)},`),
      "nested more than 100 deep",
    ],
    ["of a schema of 9 MB", () => JSON.stringify({ schema: "x".repeat(9e6) }), "has schema"],
  ])("%s is a short error with a remedy", async (_, text, cause) => {
    const { code, stderr } = await benchHere("report", await write("odd.json", text()));
    expect(code).toBe(2);
    expect(stderr).toContain(cause);
    expect(stderr.trim().split("\n")).toHaveLength(2);
    expect(stderr.length).toBeLessThan(1000);
  });

  it("of 2^53-1 shards is refused by merge, and not counted through", async () => {
    const path = await changed("shards.json", (run) => {
      run.run["shard"] = { index: 1, of: 2 ** 53 - 1 };
    });
    const { code, stderr } = await benchHere("merge", path, "--out", join(folder, "merged"));
    expect(code).toBe(2);
    expect(stderr).toContain("run.shard.of");
  });
});

describe("a history with lines that cannot be read", () => {
  it("is shown without them, and they are told by their numbers", async () => {
    const history = join(folder, "history");
    expect((await benchHere("record", shipped, "--history", history)).code).toBe(0);
    const key = (JSON.parse(given) as { machine: { key: string } }).machine.key;
    const file = join(history, `${key}.jsonl`);
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    const bad = lines[0]!.replace(/"id":"[^"]*"/, '"id":"no case"');
    await writeFile(file, `${[lines[0], bad, "{", ...lines.slice(1)].join("\n")}\n`);
    const { code, stdout, stderr } = await benchHere("history", "--history", history);
    expect(code).toBe(0);
    expect(stdout).toContain("se-resnet50");
    expect(stderr).toContain(`${file}:2 cannot be read`);
    expect(stderr).toContain(`${file}:3 cannot be read`);
    const before = await readFile(file, "utf8");
    expect((await benchHere("record", shipped, "--history", history)).code).toBe(0);
    expect(await readFile(file, "utf8")).toBe(before);
  });
});
