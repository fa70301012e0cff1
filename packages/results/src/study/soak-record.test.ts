import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleSoak } from "../testing/sample-soak.ts";
import { readSoak, soakFaults, writeSoak } from "./soak-record.ts";

const [lasted, leaking, died, gone, unavailable] = sampleSoak.rows;
const faultsOf = (row: (typeof sampleSoak.rows)[number] | undefined, mostGrowth = 16_384) =>
  soakFaults(row!, { mostGrowth });

test("a session that lasted, and a runtime that is not there, have no fault", () => {
  expect(faultsOf(lasted)).toEqual([]);
  expect(faultsOf(unavailable)).toEqual([]);
});

test("a session that lost parity and whose memory grew has both faults", () => {
  expect(faultsOf(leaking)).toEqual([
    "Parity is lost at run 100, 1000",
    "The answer to the same images changed at run 57",
    "Memory grows by 40 KiB a run, more than 16 KiB",
  ]);
});

test("memory that may have grown by less than the bound is no fault", () => {
  // The interval is [40000, 42000].
  expect(faultsOf(leaking, 39_999)).toHaveLength(3);
  expect(faultsOf(leaking, 40_000)).toHaveLength(2);
});

test("memory that grew by no more than a heap's steps in few runs is no fault", () => {
  if (leaking?.status !== "ok") throw new Error("the sample's second session did not last");
  const { memory } = leaking.soaked;
  // 40,000 bytes a run are 4 MiB after 105 runs.
  const until = (run: number) => {
    const readings = [{ ...memory.readings[0]!, run }];
    return faultsOf({ ...leaking, soaked: { ...leaking.soaked, memory: { ...memory, readings } } });
  };
  expect(until(104)).toHaveLength(2);
  expect(until(105)).toHaveLength(3);
});

test("a session that died says at which run, and whether that is known exactly", () => {
  expect(faultsOf(died)).toEqual(["It died at run 523: memory access out of bounds"]);
  expect(faultsOf(gone)).toEqual(["It died after run 500 or later: the page crashed"]);
});

test("the record is read as it was written", async () => {
  const folder = await mkdtemp(join(tmpdir(), "soak-record-"));
  await writeSoak(folder, sampleSoak);
  expect(await readSoak(folder)).toEqual(sampleSoak);
  await rm(folder, { recursive: true });
});

test("a record of another kind is refused with a remedy", async () => {
  const folder = await mkdtemp(join(tmpdir(), "soak-record-"));
  const other = { ...sampleSoak, schema: "sebench/1" } as unknown as typeof sampleSoak;
  await expect(writeSoak(folder, other)).rejects.toThrow("schema");
  await expect(readSoak(folder)).rejects.toThrow("soak.json");
  await rm(folder, { recursive: true });
});
