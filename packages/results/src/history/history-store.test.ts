import { execFile } from "node:child_process";
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { InputError } from "@sebench/spec";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { linesOfRuns, readHistoryLines } from "../testing/history-lines.ts";
import { casesOfRun, sampleSummary } from "../testing/sample-summary.ts";
import { historyPath, readHistory, recordCases } from "./history-store.ts";

const { machine } = sampleSummary();
const program = fileURLToPath(new URL("../testing/record-runs.ts", import.meta.url));
const run = promisify(execFile);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test("what is recorded is read again, in its order", async () => {
  const [first, second] = [casesOfRun("first", 3), casesOfRun("second", 2)];
  expect(await recordCases(folder, first)).toEqual({
    path: historyPath(folder, machine),
    added: 3,
    known: 0,
  });
  await recordCases(folder, second);
  expect(await readHistory(folder)).toEqual({ records: [...first, ...second], damaged: [] });
});

test("a run that is recorded again adds nothing", async () => {
  await recordCases(folder, casesOfRun("first", 3));
  const before = await readFile(historyPath(folder, machine), "utf8");
  expect(await recordCases(folder, casesOfRun("first", 3))).toMatchObject({ added: 0, known: 3 });
  expect(await readFile(historyPath(folder, machine), "utf8")).toBe(before);
});

test("of a run that was recorded in part, the rest is added", async () => {
  await recordCases(folder, casesOfRun("first", 2));
  expect(await recordCases(folder, casesOfRun("first", 3))).toMatchObject({ added: 1, known: 2 });
});

test("each machine has a file of its own, and may be read alone", async () => {
  const other = sampleSummary({ machine: "fedcba9876543210" });
  await recordCases(folder, [sampleSummary()]);
  await recordCases(folder, [other]);
  expect((await readHistory(folder)).records).toEqual([sampleSummary(), other]);
  expect((await readHistory(folder, other.machine)).records).toEqual([other]);
});

test("a folder that is not there has no history", async () => {
  expect(await readHistory(join(folder, "none"))).toEqual({ records: [], damaged: [] });
});

test("a folder that does not exist is made", async () => {
  await recordCases(join(folder, "deep", "down"), casesOfRun("first", 1));
  expect((await readHistory(join(folder, "deep", "down"))).records).toHaveLength(1);
});

test("a place that cannot be written to, or read, is an error that names --history", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  const attempts = [
    () => recordCases(join(file, "history"), casesOfRun("first")),
    () => readHistory(file),
  ];
  for (const attempt of attempts) {
    const error: unknown = await attempt().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ remedy: expect.stringContaining("--history") });
  }
});

test("tens of thousands of records are read without a flaw", async () => {
  const text = Array.from({ length: 750 }, (_, index) =>
    casesOfRun(`run ${index}`).map((record) => `${JSON.stringify(record)}\n`),
  );
  await writeFile(historyPath(folder, machine), text.flat().join(""));
  const { records, damaged } = await readHistory(folder);
  expect(records).toHaveLength(30_000);
  expect(damaged).toEqual([]);
});

describe("lines that cannot be read", () => {
  const line = (name: string) => JSON.stringify(sampleSummary({ run: name }));

  test("are told by their place, and the others are read", async () => {
    const path = historyPath(folder, machine);
    await writeFile(path, `${line("a")}\n${line("b").slice(0, 100)}\n\n${line("c")}\n`);
    const { records, damaged } = await readHistory(folder);
    expect(records.map((record) => record.run)).toEqual(["a", "c"]);
    expect(damaged).toEqual([`${path}:2`]);
  });

  test("are told for each line of another schema", async () => {
    const path = historyPath(folder, machine);
    const other = line("a").replace("sebench-history/1", "sebench-history/2");
    await writeFile(path, `${other}\n${other}\n`);
    expect(await readHistory(folder)).toEqual({ records: [], damaged: [`${path}:1`, `${path}:2`] });
  });

  test.each([
    ["an id that names no case", { id: "no case" }],
    ["an id with markup in it", { id: "a/<b>|node|se-resnet20|32|b1|fp32|gemm" }],
    ["a number that nobody measured", { measured: { overhead: { ratio: 5e-324 } } }],
  ])("are told for %s, and hide no other", async (_, changes) => {
    const path = historyPath(folder, machine);
    const changed = JSON.stringify({ ...JSON.parse(line("b")), ...changes });
    await writeFile(path, `${line("a")}\n${changed}\n${line("c")}\n`);
    const { records, damaged } = await readHistory(folder);
    expect(records.map((record) => record.run)).toEqual(["a", "c"]);
    expect(damaged).toEqual([`${path}:2`]);
  });

  test("are told for one that is nested thousands deep, and stay when a run is recorded", async () => {
    const path = historyPath(folder, machine);
    const deep = `{"schema":${"[".repeat(50_000)}`;
    await writeFile(path, `${deep}\n${line("a")}\n`);
    expect(await recordCases(folder, [sampleSummary({ run: "b" })])).toMatchObject({ added: 1 });
    expect(await readFile(path, "utf8")).toBe(`${deep}\n${line("a")}\n${line("b")}\n`);
    expect((await readHistory(folder)).damaged).toEqual([`${path}:1`]);
  });

  test("are no reason to fail that a folder is, whose name is a history's", async () => {
    await mkdir(join(folder, "notes.jsonl"));
    const error: unknown = await readHistory(folder).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "InputError",
      message: expect.stringContaining("notes.jsonl"),
    });
  });

  test("take no line with them that is recorded after one was cut off", async () => {
    const path = historyPath(folder, machine);
    await writeFile(path, `${line("a")}\n${line("b").slice(0, -1)}`);
    await recordCases(
      folder,
      ["b", "c"].map((name) => sampleSummary({ run: name })),
    );
    const { records, damaged } = await readHistory(folder);
    expect(records.map((record) => record.run)).toEqual(["a", "b", "c"]);
    expect(damaged).toEqual([`${path}:2`]);
  });

  test("are not made of one that lacks only its end of line", async () => {
    const path = historyPath(folder, machine);
    await writeFile(path, line("a"));
    const added = await recordCases(
      folder,
      ["a", "b"].map((name) => sampleSummary({ run: name })),
    );
    expect(added).toMatchObject({ added: 1, known: 1 });
    expect(await readFile(path, "utf8")).toBe(`${line("a")}\n${line("b")}\n`);
  });

  test("stay where they are", async () => {
    const path = historyPath(folder, machine);
    await recordCases(folder, casesOfRun("a", 1));
    await appendFile(path, "my own notes\n");
    await recordCases(folder, casesOfRun("b", 1));
    expect((await readFile(path, "utf8")).split("\n")[1]).toBe("my own notes");
  });
});

test("writers at once lose nothing, double nothing and damage nothing", async () => {
  const own = ["a", "b", "c", "d"].map((writer) => [1, 2, 3].map((each) => `${writer}${each}`));
  await Promise.all(
    own.map(([first, ...others]) =>
      run(process.execPath, ["--import", "tsx", program, folder, first!, "shared", ...others]),
    ),
  );
  expect(await readHistoryLines(folder)).toEqual({
    records: linesOfRuns([...own.flat(), "shared"]),
    torn: [],
  });
});

test.skipIf(process.platform === "win32")(
  "a disk that fills up leaves the history as it was",
  async () => {
    const runs = Array.from({ length: 10 }, (_, index) => `run ${index}`);
    // With the signal ignored, the limit makes the write fail, as a full disk does, and
    // does not end the process.
    const ignored = `data:text/javascript,process.on("SIGXFSZ", () => {})`;
    // The limit of 100 blocks of 512 or 1024 bytes has room for one run or a few, not for ten.
    const failure: unknown = await run("sh", [
      "-c",
      `ulimit -f 100 && exec "$0" --import tsx --import "$@"`,
      process.execPath,
      ignored,
      program,
      folder,
      ...runs,
    ]).catch((error: unknown) => error);
    const told = (failure as { readonly stdout: string }).stdout.trim().split("\n");
    expect(JSON.parse(told.pop()!)).toMatchObject({
      name: "InputError",
      message: expect.stringContaining("cannot record"),
      remedy: expect.stringContaining("--history"),
    });
    expect(told.length).toBeGreaterThan(0);
    expect(await readHistoryLines(folder)).toEqual({ records: linesOfRuns(told), torn: [] });
  },
);
