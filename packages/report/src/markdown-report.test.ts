import { expect, test } from "vitest";
import { codeSpan, escapeMarkdown } from "./markdown.ts";
import { markdownReport } from "./markdown-report.ts";
import { runOf, sampleRun } from "./testing/sample-run.ts";

test("the sample run is written as agreed", async () => {
  await expect(markdownReport(sampleRun)).toMatchFileSnapshot("../fixtures/report.md");
});

test("every row of the table has as many cells as its head", () => {
  const table = markdownReport(sampleRun)
    .split("\n\n")
    .find((block) => block.startsWith("| Runtime"));
  const rows = table!.split("\n");
  expect(rows.length).toBe(2 + 11);
  expect(new Set(rows.map((row) => row.split(/(?<!\\)\|/).length))).toEqual(new Set([8]));
});

test("a run without cases is still a report", () => {
  expect(markdownReport(runOf())).toContain("Nothing could be measured.");
});

test.each([
  ["plain words", "`plain words`"],
  ["a `b` c", "``a `b` c``"],
  ["`b`", "`` `b` ``"],
  ["two\nlines \u001B[31mred\u001B[0m", "`two lines red`"],
])("%j as code is %s", (text, code) => {
  expect(codeSpan(text)).toBe(code);
});

test("text keeps its characters and means nothing else", () => {
  expect(escapeMarkdown("a|b <img> *c* [d](e) avx512_vnni")).toBe(
    "a\\|b \\<img\\> \\*c\\* \\[d\\](e) avx512\\_vnni",
  );
});
