import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  compareRuns,
  type EvaluationRecord,
  parseResults,
  readDifferences,
  readEvaluation,
  readExcitations,
  readExplanation,
  readSoak,
  recommend,
  rowOf,
  seriesOf,
  summarizeRun,
} from "@sebench/results";
import { sampleMeasurement, sampleSoak } from "@sebench/results/testing";
import { parse as parseCsv } from "csv-parse/sync";
import { marked } from "marked";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as report from "./index.ts";
import { sampleExcitations } from "./testing/sample-excitations.ts";
import { sampleDifferences, sampleExplanation } from "./testing/sample-explanation.ts";
import { sampleInspection } from "./testing/sample-inspection.ts";
import { sampleRun } from "./testing/sample-run.ts";
import { hostileRecord, hostileText } from "./testing/hostile-text.ts";
import {
  bisectionOf,
  boundedOf,
  halfStudyOf,
  optimizationOf,
  sampleEvaluation,
  tuningOf,
} from "./testing/made-up-studies.ts";

/** The sample run with a few cases of each status, which is read in a moment. */
const shortRun = {
  ...sampleRun,
  cases: sampleRun.cases.filter(
    (each) => each.status !== "ok" || each.batch > 1 || each.network === "se-resnet20",
  ),
};

let folder: string;
let texts: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-hostile-"));
  texts = await everyOutlet();
});
afterAll(() => rm(folder, { recursive: true }));

/** Whether a reader takes a record from a file of the name that it has in a folder. */
const readBy =
  (read: (path: string) => Promise<unknown>, name: string) => async (record: unknown) => {
    await writeFile(join(folder, name), JSON.stringify(record));
    return read(join(folder, name)).then(
      () => true,
      () => false,
    );
  };

/** The run with two rounds of two runs in each replica. */
function withShortSamples(run: typeof sampleRun): typeof sampleRun {
  const text = JSON.stringify(run, (key, value: unknown) =>
    key === "samplesMs"
      ? (value as number[][][]).map((rounds) =>
          rounds.slice(0, 2).map((visit) => visit.slice(0, 2)),
        )
      : value,
  );
  return parseResults(text, "it");
}

function isRun(changed: typeof sampleRun): boolean {
  try {
    parseResults(JSON.stringify(changed), "it");
    return true;
  } catch {
    return false;
  }
}

async function everyOutlet(): Promise<Record<string, string>> {
  const { record: run, places } = await hostileRecord(withShortSamples(shortRun), isRun);
  expect(places).toEqual(expect.arrayContaining(["run.id", "machine.cpu.model", "run.command"]));
  expect(places.length).toBeGreaterThan(20);
  const { record: evaluation } = await hostileRecord(
    sampleEvaluation,
    readBy(readEvaluation, "evaluation.json"),
  );
  expect(evaluation.dataset.name).toBe(hostileText);
  const { record: explanation } = await hostileRecord(
    sampleExplanation,
    readBy(readExplanation, "explanation.json"),
  );
  const { record: differences } = await hostileRecord(
    sampleDifferences,
    readBy(readDifferences, "explanation.json"),
  );
  const { record: excitations } = await hostileRecord(
    sampleExcitations,
    readBy(readExcitations, "excitations.json"),
  );
  const { record: inspection } = await hostileRecord(sampleInspection, () => true);
  const submission = { accepted: "2026-12-01", by: "somebody", source: "https://example.org/1" };
  const boardRow = rowOf(sampleMeasurement(), submission);
  // More than the board's reader would take.
  const { record: hostileRow } = await hostileRecord(boardRow, () => true);
  const { record: soak } = await hostileRecord(sampleSoak, readBy(readSoak, "soak.json"));
  expect(soak.rows.some((row) => row.status === "died" && row.reason === hostileText)).toBe(true);
  return {
    ...ofRun(run),
    ...ofStudies(evaluation, explanation, excitations),
    differencesMarkdown: report.differencesMarkdown(differences),
    differencesHtml: report.differencesHtml(differences),
    differencesTable: report.differencesTable(differences, narrow),
    boardPage: report.boardPage([hostileRow]),
    "boardTable wide": report.boardTable([hostileRow], wide),
    "boardTable narrow": report.boardTable([hostileRow], narrow),
    inspectionMarkdown: report.inspectionMarkdown(inspection),
    inspectionHtml: report.inspectionHtml(inspection),
    "inspectionTable wide": report.inspectionTable(inspection, wide),
    "inspectionTable narrow": report.inspectionTable(inspection, narrow),
    soakHtml: report.soakHtml(soak),
    soakMarkdown: report.soakMarkdown(soak),
    "soakTable wide": report.soakTable(soak, { color: false, width: 100_000 }),
    "soakTable narrow": report.soakTable(soak, { color: false, width: 80 }),
  };
}

const wide = { color: false, width: 100_000 };
const narrow = { color: false, width: 80 };

function ofRun(run: typeof sampleRun): Record<string, string> {
  const known = { branch: hostileText, commit: hostileText };
  const base = summarizeRun(run, known).map((each) =>
    Object.assign({}, each, { machine: hostileText }),
  );
  const head = base.map((each) =>
    Object.assign({}, each, {
      run: `${hostileText}2`,
      started: "2026-04-01T00:00:00.000Z",
      measured: each.measured && { ...each.measured, engineVersion: `${hostileText}2` },
    }),
  );
  const comparison = compareRuns(base, head, { threshold: 0.02, allowMissing: false });
  const series = seriesOf([...base, ...head]);
  const criteria = {
    member: "se",
    percentile: "p50",
    scenario: "single-stream",
    sloMs: 1e9,
    minAccuracy: null,
    maxMemoryBytes: null,
    maxFirstAnswerMs: null,
    maxDownloadBytes: null,
  } as const;
  const work = run.cases.filter(({ network }) => network === run.cases[0]!.network);
  const recommended = recommend(work, criteria);
  const calibration = {
    schema: "sebench-calibration/1" as const,
    machine: run.machine,
    subjects: [
      {
        id: hostileText,
        engineVersion: hostileText,
        hostVersion: hostileText,
        threads: null,
        seconds: 9,
        trials: [],
      },
    ],
  };
  return {
    "terminalTable wide": report.terminalTable(run, wide),
    "terminalTable narrow": report.terminalTable(run, narrow),
    markdownReport: report.markdownReport(run),
    htmlReport: report.htmlReport(run),
    csvReport: report.csvReport(run),
    smallerIsBetter: report.smallerIsBetter(run),
    bencherMetrics: report.bencherMetrics(run),
    comparisonMarkdown: report.comparisonMarkdown(comparison),
    "comparisonTable wide": report.comparisonTable(comparison, wide),
    "comparisonTable narrow": report.comparisonTable(comparison, narrow),
    historyPage: report.historyPage(series),
    "historyTable wide": report.historyTable(series, wide),
    "historyTable narrow": report.historyTable(series, narrow),
    recommendationTable: report.recommendationTable(run, recommended, criteria, wide),
    calibrationTable: report.calibrationTable(calibration),
    tuningTable: report.tuningTable([tuningOf(hostileText)], wide),
    "halfText wide": report.halfText(halfStudyOf(hostileText), wide),
    "halfText narrow": report.halfText(halfStudyOf(hostileText), narrow),
    "bisectionText wide": report.bisectionText([bisectionOf(hostileText)], wide),
    boundTable: report.boundTable([boundedOf(hostileText)], wide),
    "optimizationTable wide": report.optimizationTable(optimizationOf(hostileText), wide),
    "optimizationTable narrow": report.optimizationTable(optimizationOf(hostileText), narrow),
  };
}

function ofStudies(
  evaluation: EvaluationRecord,
  explanation: typeof sampleExplanation,
  excitations: typeof sampleExcitations,
): Record<string, string> {
  return {
    evaluationMarkdown: report.evaluationMarkdown(evaluation),
    evaluationHtml: report.evaluationHtml(evaluation),
    "evaluationTable wide": report.evaluationTable(evaluation, wide),
    "evaluationTable narrow": report.evaluationTable(evaluation, narrow),
    explanationMarkdown: report.explanationMarkdown(explanation),
    explanationHtml: report.explanationHtml(explanation),
    explanationTable: report.explanationTable(explanation, narrow),
    explanationTrace: report.explanationTrace(explanation),
    explanationNodeData: report.explanationNodeData(explanation),
    excitationsMarkdown: report.excitationsMarkdown(excitations),
    excitationsHtml: report.excitationsHtml(excitations),
    excitationsTable: report.excitationsTable(excitations, narrow),
  };
}

const named = (pattern: RegExp) => Object.entries(texts).filter(([name]) => pattern.test(name));

describe("text that attacks whoever reads it", () => {
  test("is tried on every outlet there is", () => {
    const sentences = new Set(["bandwidthText", "boundSentence", "boundText", "peakText"]);
    const outlets = Object.entries(report)
      .filter(([name, value]) => typeof value === "function" && !sentences.has(name))
      .map(([name]) => name);
    const tried = new Set(Object.keys(texts).map((name) => name.split(" ")[0]!));
    expect([...tried].toSorted()).toEqual(outlets.toSorted());
  });

  test("reaches the outlets that tell names", () => {
    for (const [name, text] of named(/Table|Markdown|markdown|Html|Page|html|csv|smaller/)) {
      expect.soft(text.includes("HYPERLINK"), name).toBe(true);
    }
  });

  test("commands no terminal, and turns no text around", () => {
    for (const [name, text] of Object.entries(texts)) {
      const whole = name === "csvReport" ? text.replaceAll("\r\n", "\n") : text;
      const raw = /(?!\n)\p{Cc}|[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u.exec(whole);
      expect.soft(raw && whole.slice(raw.index - 60, raw.index + 20), name).toBeNull();
    }
  });

  test("begins no line of a terminal", () => {
    for (const [name, text] of named(/Table/)) {
      expect.soft(/^(?:# pwned|- item|\s*::)/m.exec(text), name).toBeNull();
    }
  });

  test("is neither picture, link, heading nor mention in Markdown, and ends no cell", () => {
    for (const [name, text] of named(/arkdown/)) {
      const page = (marked.parse(text, { async: false }) as string).replace(
        /<code>[\s\S]*?<\/code>/g,
        "",
      );
      const live = /<(?:img|script|a|del)\b|<h\d[^>]*>\s*pwned|@somebody|#123|GH-9|www\.evil/;
      expect.soft(live.exec(page)?.[0], name).toBeUndefined();
      const source = text.replace(/(`+)(?!`)[^\n]*?[^`]\1(?!`)/g, "");
      expect.soft(/(?<!\\)\$x/.exec(source), name).toBeNull();
      for (const block of text.split("\n\n").filter((each) => each.startsWith("| "))) {
        const cells = block.split("\n").map((line) => line.split(/(?<!\\)\|/).length);
        expect.soft(new Set(cells).size, name).toBe(1);
      }
    }
  });

  test("is no markup in a page", () => {
    for (const [name, text] of named(/Html|htmlReport|Page/)) {
      expect.soft(/<(?:script|img)/.exec(text)?.[0], name).toBeUndefined();
    }
  });

  test("is no formula in CSV, and no line", () => {
    const rows = parseCsv(texts["csvReport"]!, { recordDelimiter: "\r\n" }) as string[][];
    const cells = rows.flat();
    expect(cells.filter((cell) => /^[=+\-@]/.test(cell) && Number.isNaN(Number(cell)))).toEqual([]);
    expect(cells.filter((cell) => cell.includes("\n"))).toEqual([]);
  });

  test("is words alone in github-action-benchmark's table", () => {
    expect(texts["smallerIsBetter"]).not.toMatch(/\\n|[|<>@#]|\]\(/);
  });
});

test.each([0, 5e-324, 1e30])(
  "the number %d, wherever a run may have it, is told by every outlet as a number",
  async (value) => {
    // Two cases have every kind of number, and are soon read.
    const cases = sampleRun.cases.filter(
      (each) => each.status === "ok" && each.network === "se-resnet20" && each.accuracy !== null,
    );
    const untimed = sampleRun.cases.filter((each) => each.status === "untimed");
    const few = withShortSamples({ ...sampleRun, cases: [...cases.slice(0, 2), ...untimed] });
    const { record: run, places } = await hostileRecord(few, isRun, value);
    expect(places.length).toBeGreaterThan(5);
    for (const [name, text] of Object.entries(ofRun(run))) {
      const odd = /NaN|Infinity|undefined/.exec(text);
      expect.soft(odd && text.slice(Math.max(0, odd.index - 150), odd.index + 10), name).toBeNull();
    }
  },
);
