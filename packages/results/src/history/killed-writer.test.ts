import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { linesOfRuns, readHistoryLines } from "../testing/history-lines.ts";
import { casesOfRun } from "../testing/sample-summary.ts";
import { readHistory, recordCases } from "./history-store.ts";

const program = fileURLToPath(new URL("../testing/record-runs.ts", import.meta.url));
const dieWhileAppending = new URL("../testing/die-while-appending.ts", import.meta.url).href;

const killed = Array.from({ length: 100 }, (_, index) => `killed ${index}`);
const survived = ["killed 0", "survived 0", "survived 1"];
const all = [...new Set([...killed, ...survived])];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

function startKilled(directory: string, options: readonly string[] = []) {
  const given = ["--import", "tsx", ...options, program, directory, ...killed];
  return spawn(process.execPath, given, { stdio: ["ignore", "pipe", "inherit"] });
}

async function startSurvivor(directory: string): Promise<void> {
  const given = ["--import", "tsx", program, directory, ...survived];
  await promisify(execFile)(process.execPath, given);
}

/**
 * Kills a writer at some moment after its first run, and returns the runs that it said
 * were recorded.
 */
async function killAtSomeMoment(writer: ReturnType<typeof startKilled>): Promise<string[]> {
  let told = "";
  writer.stdout.on("data", (text: Buffer) => (told += text.toString()));
  await once(writer.stdout, "data");
  await sleep(500 * Math.random());
  writer.kill("SIGKILL");
  await ended(writer);
  // The last line is left out, since the writer may have been cut off in the middle of it.
  return told.split("\n").slice(0, -1);
}

async function ended(writer: ChildProcess): Promise<void> {
  const [, signal] = (await once(writer, "close")) as [number | null, string | null];
  expect(signal).toBe("SIGKILL");
}

/** Records every run, as after a crash, and checks that each is there once. */
async function expectWholeOnceRecordedAgain(directory: string, cutOff: readonly string[]) {
  await recordCases(
    directory,
    all.flatMap((run) => casesOfRun(run)),
  );
  expect(await readHistoryLines(directory)).toEqual({ records: linesOfRuns(all), torn: cutOff });
  expect((await readHistory(directory)).damaged).toEqual(cutOff);
}

// A lock that a killed writer held is stale after 10 s, so the tests wait for theirs together.
test.skipIf(process.platform === "win32")(
  "a kill -9 at any moment loses nothing and doubles nothing, of either of two writers",
  { timeout: 60_000, concurrent: true },
  async () => {
    const histories = ["one", "two", "three"].map(async (name) => {
      const directory = join(folder, name);
      const survivor = startSurvivor(directory);
      const told = await killAtSomeMoment(startKilled(directory));
      await survivor;
      const { records, torn } = await readHistoryLines(directory);
      expect(records).toEqual(expect.arrayContaining(linesOfRuns(told)));
      expect(records).toEqual(expect.arrayContaining(linesOfRuns(survived)));
      expect(torn.length).toBeLessThanOrEqual(1);
      await expectWholeOnceRecordedAgain(directory, torn);
    });
    await Promise.all(histories);
  },
);

test.skipIf(process.platform === "win32")(
  "a kill -9 in the middle of a line leaves a line that is told, and nothing else",
  { timeout: 60_000, concurrent: true },
  async () => {
    const directory = join(folder, "cut off");
    await ended(startKilled(directory, ["--import", dieWhileAppending]));
    const { records, torn } = await readHistoryLines(directory);
    expect(records.length).toBeGreaterThan(0);
    expect(records.length).toBeLessThan(casesOfRun(killed[0]!).length);
    expect(torn).toHaveLength(1);
    await startSurvivor(directory);
    const after = await readHistoryLines(directory);
    expect(after.records).toEqual(expect.arrayContaining(linesOfRuns(survived)));
    await expectWholeOnceRecordedAgain(directory, torn);
  },
);
