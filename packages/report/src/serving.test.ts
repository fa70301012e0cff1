import { compareRuns, type ServerRow, type ServingRecord, summarizeRun } from "@sebench/results";
import { sampleLoads, sampleServer } from "@sebench/results/testing";
import { expect, test } from "vitest";
import { comparisonTable } from "./comparison/table.ts";
import { csvReport } from "./csv-report.ts";
import { htmlReport } from "./html-report.ts";
import { markdownReport } from "./markdown-report.ts";
import { terminalTable } from "./terminal-table.ts";
import { runOf, sampleCase } from "./testing/sample-run.ts";

const options = { width: 2000, color: false };

function runWith(serving: ServingRecord) {
  return runOf({ ...sampleCase("onnxruntime-node/cpu|node|se-resnet20"), serving });
}

const serverOf = (...rows: readonly ServerRow[]): ServingRecord => ({
  server: { status: "ok", percentile: "p90", limitMs: 10, rows },
});

const textOf = (serving: ServingRecord) => terminalTable(runWith(serving), options);

function sectionOf(serving: ServingRecord): string {
  const page = htmlReport(runWith(serving));
  return /<section id="serving"[\s\S]*?<\/section>/.exec(page)?.[0] ?? "";
}

const kept = sampleServer({ workers: 2, kept: 100, notKept: 105 });

test("a run without scenarios has nothing about servers", () => {
  const run = runOf(sampleCase("onnxruntime-node/cpu|node|se-resnet20"));
  expect(htmlReport(run)).not.toContain('id="serving"');
  expect(markdownReport(run)).not.toContain("As a server meets it");
});

test("the highest rate stands with the one that is too high, and with what SE takes", () => {
  expect(textOf(serverOf(kept))).toContain(
    "p90 within 10 ms is kept at 100 requests/s with SE (2 workers of 1 thread; 105 are too many) and 100 requests/s without (2 workers of 1 thread; 105 are too many); SE takes nothing of it.",
  );
});

test("a CSV has the rates of each member", () => {
  const [titles, plain] = csvReport(runWith(serverOf(kept)))
    .split("\r\n")
    .map((line) => line.split(","));
  const cell = (title: string) => plain![titles!.indexOf(title)];
  expect(["servedPercentile", "servedLimitMs", "servedPerSecond"].map(cell)).toEqual([
    "p90",
    "10",
    "100",
  ]);
});

test("a comparison shows what both runs serve, with no verdict on it", () => {
  const of = (rate: number, run: string) => {
    const record = runWith(serverOf(sampleServer({ workers: 2, kept: rate, notKept: null })));
    return summarizeRun({ ...record, run: { ...record.run, id: run } });
  };
  const compared = compareRuns(of(100, "a"), of(90, "b"), { threshold: 0.02, allowMissing: false });
  const text = comparisonTable(compared, options);
  expect(text).toMatch(/SE, requests\/s with p90 within 10 ms +100 +90\.0 +−10\.0 % +not judged/);
  expect(text).toContain("What a server meets is not judged");
});

test("a rate that the time did not find is told so, and no loss is worked out of it", () => {
  const member = { ...kept.members!.se, ended: "budget" } as const;
  const text = textOf(serverOf({ ...kept, members: { plain: kept.members!.plain, se: member } }));
  expect(text).toContain("A larger --scenario-budget narrows the rates.");
  expect(text).not.toContain("SE takes");
});

test("a limit that no rate keeps is told plainly, with the lowest rate and its latency", () => {
  const never = { capacity: [200], loads: sampleLoads(20, 12), ended: "never" } as const;
  const row: ServerRow = { ...kept, members: { plain: never, se: never } };
  const said =
    "no rate that was tried keeps p90 within 10 ms with SE (2 workers of 1 thread: at 20.0 requests/s even the fastest answer takes 12.0 ms)";
  expect(textOf(serverOf(row))).toContain(said);
  expect(markdownReport(runWith(serverOf(row))).replaceAll("\\", "")).toContain(said);
});

test("a worker that died is told with its reason, in which nothing is markup", () => {
  const reason = "a worker of se failed at 105.0 requests/s: <b>killed</b>";
  const row: ServerRow = { ...kept, failure: { reason, remedy: null } };
  expect(textOf(serverOf(row))).toContain(`server, 2 workers: ${reason}`);
  expect(sectionOf(serverOf(row))).toContain("&lt;b&gt;killed&lt;/b&gt;");
  expect(sectionOf(serverOf(row))).not.toContain("<b>killed");
});

test("a row whose workers did not start has no curve", () => {
  const failure = { reason: "a worker failed: it ran out of memory", remedy: null };
  const section = sectionOf(serverOf({ ...kept, members: null, failure }));
  expect(section).toContain("it ran out of memory");
  expect(section).not.toContain("<svg");
});

test("the curve has the limit, both capacities, and a filled point for each rate that is kept", () => {
  const [curve] = /<svg[\s\S]*?<\/svg>/.exec(sectionOf(serverOf(kept)))!;
  const drawn = (pattern: RegExp) => curve.match(pattern)?.length ?? 0;
  expect(drawn(/<path[^>]*stroke="var\(--bad\)"[^>]*stroke-dasharray/g)).toBeGreaterThan(0);
  for (const member of ["plain", "se"]) {
    const points = new RegExp(`<path[^>]*fill="var\\(--${member}\\)"[^>]*stroke="var`, "g");
    const rings = new RegExp(
      `<path[^>]*fill="var\\(--ground[^>]*stroke="var\\(--${member}\\)"`,
      "g",
    );
    expect(drawn(points)).toBe(1);
    expect(drawn(rings)).toBe(1);
  }
});

test("each rate has its requests and the percentiles that they carry", () => {
  const text = sectionOf(serverOf(kept)).replace(/<svg[\s\S]*?<\/svg>/g, "");
  const plain = text.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
  // 200 requests carry p90 and not p99.
  expect(plain).toContain("105 SE 200 20.0 ms 20.0 ms – 4.00 ms breaks");
  expect(plain).toContain("100 SE 200 5.00 ms 5.00 ms – 4.00 ms keeps");
});

test("offline, the best batch of each member is told with its range", () => {
  const row = (batch: number, se: readonly number[], confirms: boolean) =>
    ({
      workers: 2,
      threads: 1,
      batch,
      confirms,
      outcome: { status: "ok", imagesPerSecond: { plain: [200, 210, 190], se } },
    }) as const;
  const rows = [row(1, [90, 95, 100], false), row(4, [150, 140, 160], true)];
  const serving: ServingRecord = { offline: { status: "ok", rows } };
  expect(textOf(serving)).toContain(
    "offline: at most 150 images/s with se-resnet20 (2 workers of 1 thread, batch 4) and 200 without SE (2 workers of 1 thread, batch 4); SE takes 25.0 % of it.",
  );
  expect(sectionOf(serving)).toContain("150 (140 to 160)");
});

test("a browser's case says why it has no rates, once", () => {
  const lacking = {
    status: "unavailable",
    reason: "a browser has no workers",
    remedy: null,
  } as const;
  const text = textOf({ offline: lacking, server: lacking });
  expect(text.match(/a browser has no workers/g)).toHaveLength(1);
});
