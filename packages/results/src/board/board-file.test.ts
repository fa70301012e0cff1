import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sampleMeasurement } from "../testing/sample-measurement.ts";
import { appendToBoard, readBoard, rowOf } from "./board-file.ts";

const submission = {
  accepted: "2026-12-01",
  by: "somebody",
  source: "https://github.com/owner/name/issues/7",
} as const;

let file: string;

beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), "sebench-board-")), "board", "measurements.jsonl");
});

afterEach(async () => {
  await rm(join(file, "../.."), { recursive: true });
});

test("what is submitted is on the board once, whoever submits it and whatever the device is called", async () => {
  const made = sampleMeasurement();
  const [first, other] = [
    rowOf(made, submission),
    rowOf(
      { ...made, device: { ...made.device, name: "my phone", kind: "tablet" } },
      { ...submission, by: "me" },
    ),
  ];
  expect(await appendToBoard(file, [first])).toEqual({ added: [first], known: [] });
  expect(await appendToBoard(file, [other, first])).toEqual({ added: [], known: [other, first] });
  const next = rowOf(sampleMeasurement({ seed: 3 }), submission);
  expect(await appendToBoard(file, [next, next])).toEqual({ added: [next], known: [next] });
  expect(await readBoard(file)).toEqual({ records: [first, next], damaged: [] });
  expect((await readFile(file, "utf8")).split("\n")).toHaveLength(3);
});

test("a line that was cut off or changed spoils no other", async () => {
  const rows = [1, 2, 3].map((seed) => rowOf(sampleMeasurement({ seed: 10 * seed }), submission));
  await appendToBoard(file, [rows[0]!]);
  await appendFile(file, JSON.stringify(rows[1]).slice(0, 300));
  await appendToBoard(file, [rows[2]!]);
  const better = JSON.stringify(rows[1]).replace('"ratio":1', '"ratio":1.0000001');
  await appendFile(file, `${better}\n`);
  const { records, damaged } = await readBoard(file);
  expect(records).toEqual([rows[0], rows[2]]);
  expect(damaged).toEqual([`${file}:2`, `${file}:4`]);
});

test.each([
  ["a script for a link", "source", { source: "javascript:alert(1)" }],
  ["plain http", "source", { source: "http://example.org/1" }],
  ["a name with a line break", "by", { by: "a\nb" }],
  ["a name that is long", "by", { by: "x".repeat(41) }],
])("%s makes no row", (_, field, change) => {
  expect(() => rowOf(sampleMeasurement(), { ...submission, ...change })).toThrow(field);
});

test("a board that is none is one clear error", async () => {
  await rm(join(file, ".."), { recursive: true, force: true });
  await writeFile(join(file, ".."), "");
  await expect(readBoard(join(file, ".."))).resolves.toMatchObject({ records: [] });
  await expect(appendToBoard(file, [rowOf(sampleMeasurement(), submission)])).rejects.toThrow(
    `cannot write ${file}`,
  );
});
