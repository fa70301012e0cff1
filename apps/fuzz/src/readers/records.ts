import {
  bencherMetrics,
  boardPage,
  boardTable,
  comparisonMarkdown,
  comparisonTable,
  csvReport,
  evaluationHtml,
  evaluationMarkdown,
  evaluationTable,
  historyPage,
  historyTable,
  htmlReport,
  markdownReport,
  recommendationTable,
  smallerIsBetter,
  terminalTable,
} from "@sebench/report";
import { sampleRun } from "@sebench/report/testing";
import {
  type CaseRecord,
  casesByWork,
  compareRuns,
  faultOf,
  measurementBlock,
  mergeRuns,
  parseCaseId,
  parseResults,
  parseSubmitted,
  readBoard,
  readEvaluation,
  readHistory,
  recommend,
  rowOf,
  type RunRecord,
  schemaVersion,
  seriesOf,
  summarizeRun,
} from "@sebench/results";
import {
  failedCase,
  okCase,
  sampleEvaluation,
  sampleHeader,
  sampleMeasurement,
  sampleSummary,
} from "@sebench/results/testing";
import { dirname } from "node:path";
import type { Seed } from "../mutation/mutate.ts";
import { fromFile, fromText, type OpenReaders, type Shown } from "./reader.ts";

const terminal = { color: false, width: 120 };
const criteria = {
  member: "se",
  percentile: "p50",
  scenario: "single-stream",
  sloMs: 50,
  minAccuracy: null,
  maxMemoryBytes: null,
  maxFirstAnswerMs: null,
  maxDownloadBytes: null,
} as const;

export const open: OpenReaders = (folder) => [
  { name: "records/run", seeds: runSeeds, share: 1.5, read: fromText(readRun) },
  {
    name: "records/evaluation",
    seeds: [
      json(sampleEvaluation()),
      json(sampleEvaluation({ broken: [{ file: "a", reason: "b" }] })),
    ],
    read: fromFile(folder, "evaluation/evaluation.json", async (path) => {
      const record = await readEvaluation(path);
      return {
        markdown: evaluationMarkdown(record),
        html: withoutScripts(evaluationHtml(record)),
        table: evaluationTable(record, terminal),
      };
    }),
  },
  {
    name: "records/history",
    seeds: [historySeed],
    read: fromFile(folder, "history/0123456789abcdef.jsonl", async (path) => {
      const { records } = await readHistory(dirname(path));
      for (const { id } of records) parseCaseId(id);
      const series = seriesOf(records);
      return { table: historyTable(series, terminal), html: withoutScripts(historyPage(series)) };
    }),
  },
  {
    name: "records/measurement",
    seeds: [
      json(sampleMeasurement({ rounds: 3 })),
      { form: "lines", content: `Hello\n\n${measurementBlock(sampleMeasurement({ rounds: 3 }))}` },
      json(runWith([okCase([[[1, 2]], [[1, 3]]])])),
    ],
    read: fromText((text) => {
      const own = { kind: "computer", name: null } as const;
      const { measurements } = parseSubmitted(text, "block.md", own);
      const faults = measurements.map((made) => faultOf(made, Date.now()) ?? "none");
      // What is not believed is on no board, and is shown here all the same.
      const rows = measurements.map((made) => rowOf(made, submission));
      return {
        table: boardTable(rows, terminal),
        html: withoutScripts(boardPage(rows)),
        faults: faults.join("\n"),
      };
    }),
  },
  {
    name: "records/board",
    seeds: [boardSeed],
    read: fromFile(folder, "board/measurements.jsonl", async (path) => {
      const { records } = await readBoard(path);
      return { table: boardTable(records, terminal), html: withoutScripts(boardPage(records)) };
    }),
  },
  {
    name: "records/case-id",
    seeds: [{ form: "lines", content: "onnxruntime-node/cpu|node|se-resnet50|224|b1|fp32|gemm" }],
    read: fromText((text) => void parseCaseId(text)),
  },
];

function readRun(text: string): Shown {
  const run = parseResults(text, "results.json");
  mergeRuns([{ source: "one", record: run }]);
  const summary = summarizeRun(run);
  const comparison = compareRuns(
    summary,
    summarizeRun({ ...run, run: { ...run.run, id: `before ${run.run.id}` } }),
    {
      threshold: 0.02,
      allowMissing: true,
    },
  );
  const works = casesByWork(run.cases).filter((cases) => cases.length > 0);
  return {
    table: terminalTable(run, terminal),
    markdown: markdownReport(run),
    html: withoutScripts(htmlReport(run)),
    csv: csvReport(run),
    metrics: smallerIsBetter(run) + bencherMetrics(run),
    comparison: comparisonMarkdown(comparison) + comparisonTable(comparison, terminal),
    recommendation: works
      .map((cases) => recommendationTable(run, recommend(cases, criteria), criteria, terminal))
      .join("\n"),
  };
}

/** A page's own scripts and styles may hold words that nobody sees. */
export function withoutScripts(page: string): string {
  return page.replaceAll(/<(script|style)[\s>].*?<\/\1>/gs, "");
}

export function json(value: unknown): Seed {
  return { form: "json", content: JSON.stringify(value) };
}

const runSeeds: readonly Seed[] = [
  json(runWith([okCase()])),
  json(
    runWith([okCase([[[1, 2]], [[1, 3]]]), failedCase("se-resnet8"), failedCase("se-resnet18")]),
  ),
  ...sampleRun.cases.slice(0, 3).map((record) => json(runWith([shortened(record)]))),
  ...sampleRun.cases.slice(-3).map((record) => json(runWith([record]))),
  ...sampleRun.cases
    .filter(({ status }) => status === "untimed")
    .map((record) => json(runWith([record]))),
];

function runWith(cases: readonly CaseRecord[]): RunRecord {
  return { schema: schemaVersion, ...sampleHeader, cases };
}

/** A case with one sample in place of its hundreds, which would hide its other fields. */
function shortened(record: CaseRecord): CaseRecord {
  if (record.status !== "ok") return record;
  const { plain, se } = record.members;
  const samplesMs = [[[1]]];
  return { ...record, members: { plain: { ...plain, samplesMs }, se: { ...se, samplesMs } } };
}

const historySeed: Seed = {
  form: "jsonLines",
  content: ["one", "two", "three"]
    .map((run, day) =>
      JSON.stringify(sampleSummary({ run, started: `2026-03-0${day + 1}T09:15:00.000Z` })),
    )
    .join("\n"),
};

const submission = {
  accepted: "2026-12-01",
  by: "somebody",
  source: "https://example.org/issues/1",
} as const;

const boardSeed: Seed = {
  form: "jsonLines",
  content: [1, 2]
    .map((seed) => JSON.stringify(rowOf(sampleMeasurement({ seed, rounds: 3 }), submission)))
    .join("\n"),
};
