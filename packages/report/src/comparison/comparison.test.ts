import { compareRuns } from "@sebench/results";
import { expect, test } from "vitest";
import { laterRun, sampleSummaries } from "../testing/sample-history.ts";
import { commentMarker, comparisonMarkdown } from "./markdown.ts";
import { comparisonTable } from "./table.ts";

const regressed = "onnxruntime-node/cpu|node|se-resnet18|224|b1|fp32|gemm";
const improved = "onnxruntime-node/cpu|node|se-resnet50|224|b8|fp32|gemm";
const head = laterRun("2026-03-09T09-15-00Z", "2026-03-09T09:15:00.000Z", (id) =>
  id === regressed ? 1.05 : id === improved ? 0.94 : 1,
);
const comparison = compareRuns(sampleSummaries, head, { threshold: 0.02, allowMissing: false });

test("the comment on a pull request is as agreed", async () => {
  await expect(comparisonMarkdown(comparison)).toMatchFileSnapshot("../../fixtures/comparison.md");
});

test("the table of a terminal is as agreed", async () => {
  const table = comparisonTable(comparison, { color: false, width: 180 });
  await expect(`${table}\n`).toMatchFileSnapshot("../../fixtures/comparison.txt");
});

test("what regressed comes first, and what is the same is folded away", () => {
  const text = comparisonMarkdown(comparison);
  const place = (verdict: string) => text.indexOf(verdict);
  expect(place("**regressed**")).toBeLessThan(place("**improved**"));
  expect(place("**improved**")).toBeLessThan(place("<details>"));
  expect(text.startsWith(commentMarker)).toBe(true);
});

test("a runtime that is gone is told with its reason", () => {
  const gone = head.map((summary) =>
    summary.id === regressed
      ? Object.assign({}, summary, {
          status: "failed" as const,
          reason: "killed | by <system>",
          measured: null,
        })
      : summary,
  );
  const text = comparisonMarkdown(
    compareRuns(sampleSummaries, gone, { threshold: 0.02, allowMissing: false }),
  );
  expect(text).toContain("runtime gone: failed: killed \\| by \\<system\\>");
});

test("on a narrow terminal each row has lines of its own", () => {
  const table = comparisonTable(comparison, { color: false, width: 60 });
  expect(table).toMatch(/overhead \+3\.0 % .* → \+8\.\d % .*: regressed/);
});
