import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "@sebench/spec";
import { expect, test } from "vitest";
import { failedCase, okCase, sampleHeader } from "../testing/sample-run.ts";
import { formatRecord, parseResults, readResults } from "./results-file.ts";
import type { RunRecord } from "./run-record.ts";

const record: RunRecord = {
  schema: "sebench/1",
  ...sampleHeader,
  cases: [okCase(), failedCase("se-resnet50")],
};

type Fields = Record<string, unknown>;

/** The record as JSON, with one field set to what its type would not allow. */
function changed(path: readonly [...string[], last: string], value: unknown): string {
  const copy = JSON.parse(JSON.stringify(record)) as Fields;
  const holder = path.slice(0, -1).reduce((fields, key) => fields[key] as Fields, copy);
  holder[path.at(-1)!] = value;
  return JSON.stringify(copy);
}

function messageOf(text: string): string {
  try {
    parseResults(text, "results.json");
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  throw new Error("it was accepted");
}

test("a record is read back as it was written", () => {
  expect(parseResults(formatRecord(record), "results.json")).toEqual(record);
});

test("a folder stands for the results.json in it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sebench-"));
  await writeFile(join(folder, "results.json"), formatRecord(record));
  expect(await readResults(folder)).toEqual(record);
  await rm(folder, { recursive: true });
});

test("a missing file is named", async () => {
  await expect(readResults("/nowhere/results.json")).rejects.toThrow(
    "there are no results at /nowhere/results.json",
  );
});

test("a file that was cut off is not JSON", () => {
  expect(messageOf(formatRecord(record).slice(0, 500))).toContain("is not JSON, or cut off");
});

test("a record of a later schema is refused by its version", () => {
  expect(messageOf(changed(["schema"], "sebench/2"))).toBe(
    'results.json has schema "sebench/2"; a run that this sebench reads has "sebench/1"',
  );
});

test("JSON of another kind is not taken for a record", () => {
  expect(messageOf("[1, 2]")).toContain('it has no "schema"');
  expect(messageOf("null")).toContain('it has no "schema"');
});

test("the first field that is wrong is named with its place", () => {
  const text = changed(["cases", "0", "members", "se", "latencyMs", "p50"], "fast");
  expect(messageOf(text)).toContain("cases[0].members.se.latencyMs.p50: ");
});

test("a field that the schema does not know is refused", () => {
  expect(messageOf(changed(["cases", "0", "notes"], "quick"))).toContain("notes");
});

test.each([
  ["lists", "[".repeat(100_000)],
  ["objects", '{"a":'.repeat(100_000)],
  [
    "evidence",
    changed(["cases", "0", "attestation", "evidence"], { at: "AT" }).replace(
      '"AT"',
      `${"[".repeat(5000)}${"]".repeat(5000)}`,
    ),
  ],
])("%s that are nested thousands deep are a short error", (_, text) => {
  const message = messageOf(text);
  expect(message).toContain("nested more than 100 deep");
  expect(message.length).toBeLessThan(300);
});

test.each([
  ["a schema", changed(["schema"], "x".repeat(5e6))],
  ["a key", changed(["cases", "0", "y".repeat(5e6)], 1)],
  [
    "a hundred thousand keys",
    changed(["run"], Object.fromEntries(Array.from({ length: 1e5 }, (_, at) => [`key ${at}`, at]))),
  ],
  [
    "keys in the way to what is wrong",
    changed(["cases", "0", "device", "details"], { ["z".repeat(5e6)]: {} }),
  ],
])("an error does not repeat all of %s that is megabytes long", (_, text) => {
  expect(messageOf(text).length).toBeLessThan(1000);
});

test.each([
  { of: 2 ** 53 - 1, index: 1 },
  { of: 10_001, index: 1 },
  { of: 2, index: 3 },
])("a shard that no run has is refused: %o", (shard) => {
  expect(messageOf(changed(["run", "shard"], shard))).toContain("run.shard.");
});

test.each([5e-324, 1e308, 0, -1])("a ratio or a median of %d is refused", (value) => {
  expect(messageOf(changed(["cases", "0", "overhead", "ratio"], value))).toContain("ratio: ");
  const median = ["cases", "0", "members", "plain", "latencyMs", "p50"] as const;
  expect(messageOf(changed([...median], value))).toContain("p50: ");
});

test("a million wrong values are a short error", () => {
  const samples = [[Array.from({ length: 1e6 }, () => "x")]];
  const text = changed(["cases", "0", "members", "se", "samplesMs"], samples);
  expect(messageOf(text)).toContain("hundreds of thousands of its values are wrong");
});

test("what is no file, or longer than any record, is refused before it is read", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sebench-"));
  const path = join(folder, "large.json");
  await writeFile(path, "");
  // A hole takes no room on the disk.
  await truncate(path, 2 ** 40);
  await expect(readResults(path)).rejects.toThrow("no record has more than");
  await expect(readResults("/dev/null")).rejects.toThrow("it is no file");
  await rm(folder, { recursive: true });
});

test("an unproven device cannot stand in a case that is ok", () => {
  const text = changed(["cases", "0", "attestation", "proven"], false);
  expect(messageOf(text)).toContain("cases[0].attestation.proven");
});

test("an id that contradicts its case is refused", () => {
  expect(messageOf(changed(["cases", "1", "batch"], 8))).toContain("cases[1].id");
});

test("a case must not stand twice", () => {
  expect(messageOf(changed(["cases", "1"], okCase()))).toContain("cases: holds a case twice");
});

function recordOf(samples: readonly number[][]): RunRecord {
  return { schema: "sebench/1", ...sampleHeader, cases: [okCase([samples])] };
}

test("samples are rounded to 1e-4 ms, and each round stands on a line", () => {
  const text = formatRecord(recordOf([[1.23456789, 2], [3e-7]]));
  expect(text).toContain("\n              [1.2346, 2],\n              [0]\n");
});

test("other figures are not rounded", () => {
  const overhead = { ...okCase().overhead, ratio: 1.0123456789012 };
  const text = formatRecord({ ...recordOf([[1]]), cases: [{ ...okCase(), overhead }] });
  expect(JSON.parse(text).cases[0].overhead.ratio).toBe(1.0123456789012);
});

test("text that looks like a list of numbers stays as it is", () => {
  const run = { ...sampleHeader.run, command: "[\n  1,\n  2\n]" };
  const text = formatRecord({ ...recordOf([[1]]), run });
  expect(JSON.parse(text).run.command).toBe("[\n  1,\n  2\n]");
});
