import { expect, test } from "vitest";
import { terminalTable } from "./terminal-table.ts";
import { runOf, sampleRun } from "./testing/sample-run.ts";

const wide = { color: false, width: 140 };

test("the sample run is printed as agreed", async () => {
  await expect(terminalTable(sampleRun, wide)).toMatchFileSnapshot("../fixtures/report.txt");
});

test("every case is there, with its reason and remedy where it has no figures", () => {
  const text = terminalTable(sampleRun, { color: false, width: 10_000 });
  for (const record of sampleRun.cases) {
    expect(text).toContain(record.runtime);
    if (record.status === "unavailable") {
      expect(text).toContain(record.reason);
      expect(text).toContain(record.remedy);
    }
  }
});

test("a narrow terminal gets no line that is longer than its longest word", () => {
  const lines = terminalTable(sampleRun, { color: false, width: 72 }).split("\n");
  const tooLong = lines.filter((line) => line.length > 72 && line.trim().includes(" "));
  expect(tooLong).toEqual([]);
});

test("colour is off where it is not wanted, and engines cannot bring their own", () => {
  expect(terminalTable(sampleRun, wide)).not.toMatch(/[^\P{Cc}\n]/u);
  expect(terminalTable(sampleRun, { ...wide, color: true })).toContain("\u001B[");
});

test("a run without cases says that none ran", () => {
  expect(terminalTable(runOf(), wide)).toBe("0 cases ran.\n");
});
