import type { BudgetOutcome, RunRecord } from "@sebench/results";
import { expect, test } from "vitest";
import { htmlReport } from "../html-report.ts";
import { markdownReport } from "../markdown-report.ts";
import { terminalTable } from "../terminal-table.ts";
import { sampleRun } from "../testing/sample-run.ts";

const outcome: BudgetOutcome = {
  case: "onnxruntime-node/cpu|node|se-resnet50|224|b1|fp32|gemm",
  limit: "maxOverhead",
  value: 1.05,
  interval: [1.04, 1.06],
  verdict: "kept",
  reason: null,
};

const run: RunRecord = {
  ...sampleRun,
  budgets: [
    { budget: { network: "se-resnet50", maxOverhead: 0.06 }, outcomes: [outcome] },
    { budget: { network: "se-vgg16-bn", maxLatencyMs: 20 }, outcomes: [] },
  ],
};

const inTerminal = (record: RunRecord) => terminalTable(record, { color: false, width: 1000 });

test.each([
  ["the page", htmlReport],
  ["Markdown", markdownReport],
  ["the terminal", inTerminal],
])("%s tells what became of each budget", (_, report) => {
  const text = report(run);
  expect(text).toContain("SE costs at most 6 %");
  expect(text).toMatch(/\+5\.0 % \\?\[4\.0, 6\.0\\?\]/);
  expect(text).toContain("SE takes at most 20.0 ms");
  expect(text).toContain("this run has no such case");
});

test("a run without budgets has no such section", () => {
  expect(htmlReport(sampleRun)).not.toContain('id="budgets"');
  expect(markdownReport(sampleRun)).not.toContain("Budgets");
  expect(inTerminal(sampleRun)).not.toContain("budget kept");
});
