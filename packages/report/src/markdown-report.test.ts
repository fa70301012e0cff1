import { expect, test } from "vitest";
import { markdownReport } from "./markdown-report.ts";
import { runOf, sampleRun } from "./testing/sample-run.ts";
import { codeSpan, escapeMarkdown } from "./text/markdown.ts";

test("the sample run is written as agreed", async () => {
  await expect(markdownReport(sampleRun)).toMatchFileSnapshot("../fixtures/report.md");
});

test("every row of a table of cases has as many cells as its head", () => {
  const tables = markdownReport(sampleRun)
    .split("\n\n")
    .filter((block) => block.startsWith("| Runtime | Network"))
    .map((table) => table.split("\n"));
  // Those that were timed, what software GPUs prove, and those of the latter that were timed.
  expect(tables.map((rows) => rows.length)).toEqual([2 + 10, 2 + 2, 2 + 1]);
  const cells = tables.map((rows) => rows.map((row) => row.split(/(?<!\\)\|/).length));
  expect(cells.map((counts) => new Set(counts))).toEqual([8, 10, 8].map((each) => new Set([each])));
});

test("software GPUs are folded away beneath the others, with what they prove", () => {
  const [before, folded] = markdownReport(sampleRun).split(
    "<details><summary>Software GPUs (2 cases)",
  );
  expect(before).not.toContain("(software GPU)");
  expect(folded).toContain("they prove parity and device, and their times are a CPU's");
  expect(folded).toContain("| onnxruntime-web/webgpu on chromium (software GPU) |");
  expect(folded).toContain("| holds | 121 ms | 2938 ms | SE |");
  expect(folded).toMatch(/^Not timed, since it is a software GPU: .*--budget 20.*\.$/m);
});

test("each network has its fastest runtime first, and the browser against Node", () => {
  expect(markdownReport(sampleRun)).toContain(
    "- **se-resnet18, 224 px, batch 1**: onnxruntime-node/cpu on node is the fastest at 19.6 ms \\[19.5, 19.6\\]; SE costs +3.0 % \\[2.8, 3.3\\] there. Browser against Node: in the browser onnxruntime-web/wasm (181 ms) is the fastest; in Node onnxruntime-node/cpu on node (19.6 ms) is the fastest: the browser takes 9.2 times as long.",
  );
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
