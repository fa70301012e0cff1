import { expect, test } from "vitest";
import { formatRecord } from "./format-record.ts";
import type { RunRecord } from "./run-record.ts";
import { okCase, sampleHeader } from "./testing/sample-run.ts";

function recordOf(samples: readonly number[][]): RunRecord {
  return { schema: "sebench/1", ...sampleHeader, cases: [okCase([samples])] };
}

test("samples are rounded to 1e-4 ms, and each round stands on a line", () => {
  const text = formatRecord(recordOf([[1.23456789, 2], [3e-7]]));
  expect(text).toContain("\n              [1.2346, 2],\n              [0]\n");
});

test("other figures are not rounded", () => {
  const record = recordOf([[1]]);
  const overhead = { ...okCase().overhead, ratio: 1.0123456789012 };
  const text = formatRecord({ ...record, cases: [{ ...okCase(), overhead }] });
  expect(JSON.parse(text).cases[0].overhead.ratio).toBe(1.0123456789012);
});

test("text that looks like a list of numbers stays as it is", () => {
  const run = { ...sampleHeader.run, command: "[\n  1,\n  2\n]" };
  const text = formatRecord({ ...recordOf([[1]]), run });
  expect(JSON.parse(text).run.command).toBe("[\n  1,\n  2\n]");
});
