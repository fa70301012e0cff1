import { seriesOf } from "@sebench/results";
import { expect, test } from "vitest";
import { laterRun } from "../testing/sample-history.ts";
import { historyPage } from "./page.ts";
import { historyTable, versionChanges } from "./table.ts";

const stepped = "onnxruntime-node/cpu|node|se-resnet18|224|b1|fp32|gemm";

/**
 * The series of twenty runs, one a day, in which one case costs 10 % more from the eleventh on,
 * with another engine.
 */
const series = seriesOf(
  Array.from({ length: 20 }, (_, day) => {
    const started = `2026-04-${String(day + 1).padStart(2, "0")}T00:00:00.000Z`;
    const wobble = 1 + 0.001 * ((day * 7) % 5);
    const step = day < 10 ? 1 : 1.1;
    const run = laterRun(`run-${day + 1}`, started, (id) => wobble * (id === stepped ? step : 1));
    const first = run.find(({ id }) => id === stepped)!;
    if (day >= 10) {
      Object.assign(first, { measured: { ...first.measured!, engineVersion: "1.31.0" } });
    }
    return run;
  }).flat(),
);
const changed = series.find(({ id }) => id === stepped)!;

test("a change is told with the run, the levels and the version that came with it", () => {
  const text = historyTable(series, { color: false, width: 160 });
  expect(text).toContain(
    "onnxruntime-node/cpu for se-resnet18, 224 px, batch 1: from +3.2 % to +13.6 % (2026-04-11,",
  );
  expect(text).toContain("new version: 1.31.0");
  expect(text.match(/: from /g)).toHaveLength(1);
});

test("each case has a line with its runs and its last overhead", () => {
  const lines = historyTable(series, { color: false, width: 160 }).split("\n");
  const line = lines.find((each) => each.includes("se-resnet18") && each.includes("node/cpu"))!;
  expect(line).toMatch(/\s20\s+▁.*█\s+\+1\d\.\d % \[/);
});

test("the versions that changed are found", () => {
  expect(versionChanges(changed)).toEqual([{ index: 10, text: "1.31.0" }]);
});

test("the page has a drawing for each case, and loads and runs nothing", () => {
  const page = historyPage(series);
  expect(page.match(/<svg/g)).toHaveLength(series.length);
  expect(page).not.toMatch(/<script|<link|<img|url\((?!#)|@import/i);
  expect(page).toContain("from +3.2 % to +13.6 %");
});
