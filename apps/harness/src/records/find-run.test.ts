import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readResults, recordCases, summarizeRun } from "@sebench/results";
import { InputError } from "@sebench/spec";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { findRun } from "./find-run.ts";

const shipped = fileURLToPath(
  new URL("../../../../packages/report/fixtures/run.json", import.meta.url),
);
const sample = await readResults(shipped);
const { key } = sample.machine;
let directory = "";

/** The sample run as another run, on another day, perhaps of another branch. */
function runOn(id: string, started: string, branch: string, machine = key) {
  const run = { ...sample.run, id, started };
  return summarizeRun({ ...sample, run, machine: { ...sample.machine, key: machine } }, { branch });
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sebench-find-run-"));
  await recordCases(directory, runOn("first", "2026-03-01T00:00:00.000Z", "main"));
  await recordCases(directory, runOn("third", "2026-03-03T00:00:00.000Z", "main"));
  await recordCases(directory, runOn("second", "2026-03-02T00:00:00.000Z", "main"));
  await recordCases(directory, runOn("aside", "2026-03-04T00:00:00.000Z", "feature"));
  const other = "00000000000000aa";
  await recordCases(directory, runOn("elsewhere", "2026-03-05T00:00:00.000Z", "main", other));
});
afterAll(() => rm(directory, { recursive: true }));

const idOf = async (name: string, machine: string | null = key) =>
  (await findRun(name, { directory, machine }))[0]!.run;

test("a file is that run, whatever the history holds", async () => {
  expect(await idOf(shipped)).toBe(sample.run.id);
});

test("an id is the run that has it, with all of its cases", async () => {
  expect(await idOf("second")).toBe("second");
  expect(await findRun("second", { directory, machine: key })).toHaveLength(sample.cases.length);
});

test("a branch is its last run on the machine asked for, by time and not by place", async () => {
  expect(await idOf("main")).toBe("third");
  expect(await idOf("feature")).toBe("aside");
});

test("a branch that the machine has no run of is its last run on another", async () => {
  expect(await idOf("main", "00000000000000bb")).toBe("elsewhere");
});

test("a folder that is called like a branch and holds no run hides no branch", async () => {
  const name = join(directory, "a-branch");
  await mkdir(name);
  await recordCases(directory, runOn("beside", "2026-03-06T00:00:00.000Z", name));
  expect(await idOf(name)).toBe("beside");
});

test("a name that is nothing says what it may be", async () => {
  await expect(idOf("nightly")).rejects.toThrow(InputError);
  await expect(idOf("nightly")).rejects.toThrow('there is no run "nightly"');
});

test("a line that cannot be read hides no run, and is told by its number", async () => {
  const damaged = join(directory, "damaged");
  await recordCases(damaged, runOn("whole", "2026-03-01T00:00:00.000Z", "main"));
  await appendFile(join(damaged, `${key}.jsonl`), '{"id":"no case"}\n'.repeat(12));
  const said: string[] = [];
  const write = vi
    .spyOn(process.stderr, "write")
    .mockImplementation((text) => said.push(String(text)) > 0);
  const found = await findRun("main", { directory: damaged, machine: key });
  write.mockRestore();
  expect(found[0]!.run).toBe("whole");
  expect(said[0]).toContain(`${key}.jsonl:${found.length + 1} cannot be read`);
  expect(said).toHaveLength(11);
  expect(said.at(-1)).toContain("12 lines were left out");
});

test("a run that is cut off is refused, not taken for a branch", async () => {
  const path = join(directory, "cut.json");
  await writeFile(path, '{"schema": "sebench/1", "run": {');
  await expect(idOf(path)).rejects.toThrow(/not JSON, or cut off/);
});
