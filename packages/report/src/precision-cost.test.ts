import type { OkCase } from "@sebench/results";
import { describe, expect, it } from "vitest";
import { caseLabels } from "./case/case-label.ts";
import { htmlReport } from "./html-report.ts";
import { markdownReport } from "./markdown-report.ts";
import { precisionCells, precisionCosts, precisionSentences } from "./run/precision-cost.ts";
import { terminalTable } from "./terminal-table.ts";
import { runOf, sampleCase, sampleRun } from "./testing/sample-run.ts";

const base = sampleCase("onnxruntime-node/cpu|node|se-resnet50|224|b1");
const other = sampleCase("onnxruntime-web/wasm|chromium|se-resnet50");

/** The base case at another precision, with medians in milliseconds. */
function at(precision: OkCase["precision"], plainMs: number, seMs: number): OkCase {
  const { plain, se } = base.members;
  const withP50 = (member: typeof se, p50: number) => ({
    ...member,
    latencyMs: { ...member.latencyMs, p50, p50Interval: null },
  });
  return {
    ...base,
    precision,
    members: { plain: withP50(plain, plainMs), se: withP50(se, seMs) },
  };
}

const fp32: OkCase = {
  ...at("fp32", 40, 44),
  overhead: { ...base.overhead, ratio: 1.1, interval: [1.09, 1.11] },
};
const int8: OkCase = {
  ...at("int8", 20, 26),
  overhead: { ...base.overhead, ratio: 1.3, interval: [1.28, 1.32] },
  quantisation: { method: "min-max", dataset: "photographs", images: 50 },
  parity: {
    tolerance: 0.1,
    plain: { maxAbs: 0.02, relative: 0.031, top1Agreement: 1, images: 4, pass: true },
    se: { maxAbs: 0.03, relative: 0.042, top1Agreement: 1, images: 4, pass: true },
  },
};
const wrong: OkCase = {
  ...int8,
  parity: { ...int8.parity, se: { ...int8.parity.se, top1Agreement: 0.75, pass: false } },
};

const rowsOf = (...cases: readonly OkCase[]) => {
  const run = runOf(...cases);
  const label = caseLabels(run.cases);
  return precisionCosts(run).map((cost) => precisionCells(cost, label));
};

describe("what precision costs", () => {
  it("is told for cases that differ in nothing else, fp32 first", () => {
    const costs = precisionCosts(runOf(int8, other, fp32));
    expect(costs.map(({ record }) => record)).toEqual([fp32, int8]);
  });

  it("is told of no run that has one precision", () => {
    expect(precisionCosts(sampleRun)).toEqual([]);
    expect(precisionCosts(runOf(int8, other))).toEqual([]);
  });

  it("is a share of fp32's time, by hand 20 / 40 and 26 / 44, and what the logits lose", () => {
    expect(rowsOf(fp32, int8)[1]).toEqual([
      "onnxruntime-node/cpu (2 threads), int8: se-resnet50, 224 px, batch 1",
      "20.0 ms",
      "26.0 ms",
      "0.50, 0.59",
      "+30.0 % [28.0, 32.0]",
      "3.1e-2, 4.2e-2",
      "1.0e-1",
      "100 %, 100 %",
    ]);
  });

  it("is said in a sentence", () => {
    const run = runOf(fp32, int8);
    expect(precisionSentences(run, caseLabels(run.cases))).toEqual([
      "onnxruntime-node/cpu (2 threads), int8 for se-resnet50, 224 px, batch 1: " +
        "takes 0.50 (plain) and 0.59 (SE) times as long as fp32; " +
        "SE costs +30.0 % [28.0, 32.0], in fp32 +10.0 % [9.0, 11.0]; " +
        "logits are off by 3.1e-2 (plain) and 4.2e-2 (SE), within 1.0e-1, " +
        "with the same top class for 100 % and 100 % of the images.",
    ]);
  });

  it("has no times where the output is wrong", () => {
    const run = runOf(fp32, wrong);
    const [sentence] = precisionSentences(run, caseLabels(run.cases));
    expect(sentence).toContain("its output is wrong");
    expect(sentence).toContain("100 % and 75.0 % of the images");
    expect(sentence).not.toContain("times as long");
    expect(rowsOf(fp32, wrong)[1]).toContain("1.0e-1, FAILS");
  });

  it("has no share of an fp32 whose output is wrong", () => {
    const broken = { ...fp32, parity: wrong.parity };
    expect(rowsOf(broken, int8).map((cells) => cells[3])).toEqual(["–", "–"]);
  });
});

describe("reports of several precisions", () => {
  const run = runOf(fp32, int8, other);

  it("name the precision in every row, and the tolerance beside parity", () => {
    const table = terminalTable(run, { color: false, width: 200 });
    expect(table).toMatch(/^onnxruntime-node\/cpu \(2 threads\), fp32 .* holds$/m);
    expect(table).toMatch(/^onnxruntime-node\/cpu \(2 threads\), int8 .* holds \(to 1\.0e-1\)$/m);
    expect(table).toMatch(/^onnxruntime-web\/wasm \(2 threads\), fp32 .* holds$/m);
    expect(table).toContain("times as long as fp32");
  });

  it("have a table of what precision costs", () => {
    expect(markdownReport(run)).toContain("### What precision costs");
    const page = htmlReport(run);
    expect(page).toContain(`<section id="precision"`);
    expect(page).toContain("fp32, int8 side by side");
    expect(page).toContain("least and greatest activations over the first 50 of photographs");
    expect(markdownReport(sampleRun)).not.toContain("What precision costs");
    expect(htmlReport(sampleRun)).not.toContain(`id="precision"`);
  });
});
