import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { thisProcess } from "@sebench/hardware";
import { InputError } from "@sebench/spec";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failedCase, okCase, sampleHeader } from "../testing/sample-run.ts";
import { openStore, resumeStore } from "./result-store.ts";
import { readResults } from "./results-file.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test("the file is whole after every case", async () => {
  const store = await openStore(folder, sampleHeader);
  expect((await readResults(folder)).cases).toEqual([]);
  await store.append(failedCase("se-resnet18"));
  expect((await readResults(folder)).cases).toEqual([failedCase("se-resnet18")]);
  await store.append(okCase());
  expect(await readResults(folder)).toEqual(store.record);
});

test("a folder that does not exist is made", async () => {
  const store = await openStore(join(folder, "deep", "down"), sampleHeader);
  expect((await readResults(store.path)).run).toEqual(sampleHeader.run);
});

test("nothing but the results stays in the folder", async () => {
  const store = await openStore(folder, sampleHeader);
  await store.append(failedCase("se-resnet18"));
  await store[Symbol.asyncDispose]();
  expect(await readdir(folder)).toEqual(["results.json"]);
});

test("a run that ended has the time and says whether it was interrupted", async () => {
  const store = await openStore(folder, sampleHeader);
  await store.finish({ interrupted: true });
  const { run } = await readResults(folder);
  expect(run.interrupted).toBe(true);
  expect(Date.parse(run.finished!)).toBeGreaterThan(Date.parse("2026-01-01"));
});

test("writes that overlap leave the last state", async () => {
  const store = await openStore(folder, sampleHeader);
  await Promise.all([
    store.append(failedCase("se-resnet18")),
    store.append(okCase()),
    store.finish({ interrupted: true }),
  ]);
  const { run, cases } = await readResults(folder);
  expect(cases.map(({ status }) => status)).toEqual(["failed", "ok"]);
  expect(run.interrupted).toBe(true);
});

describe("resuming", () => {
  test("keeps the cases, and the run is no longer finished", async () => {
    const first = await openStore(folder, sampleHeader);
    await first.append(okCase());
    await first.finish({ interrupted: true });
    await first[Symbol.asyncDispose]();
    const second = await resumeStore(folder);
    expect(second.record.cases).toEqual([okCase()]);
    expect(await readResults(folder)).toMatchObject({
      run: { finished: null, interrupted: false },
    });
  });

  test("replaces a case that is run again, in its place", async () => {
    const store = await openStore(folder, sampleHeader);
    await store.append(failedCase("se-resnet20"));
    await store.append(failedCase("se-resnet50"));
    await store.append(okCase());
    expect(store.record.cases.map(({ status }) => status)).toEqual(["ok", "failed"]);
  });

  test("needs a record to go on with", async () => {
    await expect(resumeStore(folder)).rejects.toThrow("there are no results at");
  });
});

test("results that stand are not overwritten", async () => {
  const store = await openStore(folder, sampleHeader);
  await store.append(failedCase("se-resnet18"));
  await store[Symbol.asyncDispose]();
  await expect(openStore(folder, sampleHeader)).rejects.toMatchObject({
    message: expect.stringContaining("already holds the results of a run"),
    remedy: expect.stringContaining("--out"),
  });
});

test("a file that is not a record is not overwritten", async () => {
  await writeFile(join(folder, "results.json"), "my own notes");
  await expect(openStore(folder, sampleHeader)).rejects.toThrow("already holds");
});

test("a run that ended before its first case makes way for the next", async () => {
  await (await openStore(folder, sampleHeader))[Symbol.asyncDispose]();
  const store = await openStore(folder, sampleHeader);
  expect(store.record.cases).toEqual([]);
});

test("a folder that another run writes to is refused, until that run gives it up", async () => {
  const first = await openStore(folder, sampleHeader);
  await expect(openStore(folder, sampleHeader)).rejects.toMatchObject({
    name: "InputError",
    message: expect.stringContaining(`another run: process ${process.pid}`),
  });
  await first.append(okCase());
  await expect(resumeStore(folder)).rejects.toThrow("another run");
  await first[Symbol.asyncDispose]();
  await using resumed = await resumeStore(folder);
  expect(resumed).toMatchObject({ note: null, record: { cases: [okCase()] } });
});

test("the folder of a run that was killed is taken over, which is said", async () => {
  const lock = {
    host: thisProcess().host,
    machine: "here",
    pid: 2 ** 22 + 1,
    started: 0,
    since: "",
  };
  await writeFile(join(folder, "results.json.lock"), JSON.stringify(lock));
  await using store = await openStore(folder, sampleHeader);
  expect(store.note).toContain(`taken over from process ${lock.pid}`);
});

test("the folder of a run on another machine is refused, with the file to remove", async () => {
  const lock = { host: "elsewhere", machine: "there", pid: 1, started: 0, since: "" };
  const file = join(folder, "results.json.lock");
  await writeFile(file, JSON.stringify(lock));
  // It says every few seconds that it is alive.
  setTimeout(() => void utimes(file, 1, 1), 300);
  await expect(openStore(folder, sampleHeader)).rejects.toMatchObject({
    message: expect.stringContaining("on there"),
    remedy: expect.stringContaining(join(folder, "results.json.lock")),
  });
});

test("a folder that cannot be written to is refused at once", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  const opening = openStore(join(file, "run"), sampleHeader);
  await expect(opening).rejects.toThrow(InputError);
  await expect(opening).rejects.toMatchObject({ remedy: expect.stringContaining("--out") });
});

test("a case that JSON cannot hold does not reach the file", async () => {
  const store = await openStore(folder, sampleHeader);
  const before = await readFile(store.path, "utf8");
  const record = okCase([[[Number.NaN]]]);
  await expect(store.append(record)).rejects.toThrow("members.plain.samplesMs[0][0][0]");
  expect(await readFile(store.path, "utf8")).toBe(before);
});

test.skipIf(process.platform === "win32")(
  "a disk that fills up leaves the file as it was",
  async () => {
    const program = fileURLToPath(new URL("../testing/write-too-much.ts", import.meta.url));
    // The limit of 100 blocks of 512 or 1024 bytes has room for a case without samples,
    // not for 100,000 samples.
    const { stdout } = await promisify(execFile)("sh", [
      "-c",
      `ulimit -f 100 && exec "$0" --import tsx "$1" "$2"`,
      process.execPath,
      program,
      folder,
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      name: "InputError",
      message: expect.stringContaining("cannot write"),
      remedy: expect.stringContaining("--out"),
    });
    expect((await readResults(folder)).cases).toEqual([failedCase("se-resnet18")]);
    expect(await readdir(folder)).toEqual(["results.json"]);
  },
);
