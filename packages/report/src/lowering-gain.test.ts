import type { OkCase } from "@sebench/results";
import { describe, expect, it, test } from "vitest";
import { caseLabels } from "./case/case-label.ts";
import { htmlReport } from "./html-report.ts";
import { markdownReport } from "./markdown-report.ts";
import { loweringCells, loweringGains, loweringSentences } from "./run/lowering-gain.ts";
import { terminalTable } from "./terminal-table.ts";
import { runOf, sampleCase } from "./testing/sample-run.ts";

const base = sampleCase("onnxruntime-node/cpu|node|se-resnet50|224|b1");
const recipe = "2-3:squeeze-fold+scale-fold/4-5:squeeze-fold+gate-resize";

/** The base case in another form, with another overhead. */
function written(lowering: string, ratio: number): OkCase {
  const interval = [ratio - 0.01, ratio + 0.01] as const;
  return { ...base, lowering, overhead: { ...base.overhead, ratio, interval } };
}

const naive = written("gemm", 1.11);
const best: OkCase = {
  ...written(recipe, 1.05),
  bound: {
    ratio: 1.0049,
    milliseconds: 0.21,
    macs: 2_951_680,
    bytes: 6_351_552,
    peakMacsPerSecond: 95e9,
    bytesPerSecond: 32e9,
  },
};
const run = runOf(naive, written("squeeze-fold", 1.08), best);

test("a model's file with activations that engines fuse is told beside the file as it is", () => {
  const sha256 = "0".repeat(64);
  const weights = { kind: "model", name: "m.onnx", sha256, hash: { plain: "a", se: "b" } } as const;
  const as = (lowering: string, ratio: number, p50: number): OkCase => {
    const { members, ...others } = written(lowering, ratio);
    const se = { ...members.se, latencyMs: { ...members.se.latencyMs, p50 } };
    return { ...others, weights, members: { ...members, se } };
  };
  const both = runOf(as("as-is", 1.18, 10), as("activation", 1.43, 7));
  expect(loweringSentences(both)).toEqual([
    "se-resnet50, 224 px, batch 1 on onnxruntime-node/cpu: SE costs +18.0 % [17.0, 19.0] in the file as it is, and +43.0 % [42.0, 44.0] with the activations of both members in forms that engines fuse, which takes 0.70 of its time; bench optimize writes such a file.",
  ]);
  expect(markdownReport(both)).toContain("in the file as it is");
  expect(htmlReport(both)).toContain("What the form of the activations hides");
  expect(htmlReport(both)).not.toContain("SE-ResNet-50 took 167 ms");
});

describe("a pair in several forms", () => {
  it("is told with what SE costs in the naive form and in the best", () => {
    expect(loweringGains(run).map(loweringCells)).toEqual([
      [
        "onnxruntime-node/cpu",
        "se-resnet50, 224 px, batch 1",
        "+11.0 % [10.0, 12.0]",
        "+5.0 % [4.0, 6.0]",
        "",
        "≥ +0.49 %",
        recipe,
      ],
    ]);
  });

  it("is told with what the best form gains in the rounds that both share", () => {
    const beside = (record: OkCase, other: string, ratio: number): OkCase => ({
      ...record,
      id: base.id.replace(base.lowering, record.lowering),
      besideForms: [
        { lowering: other, ratio, interval: [ratio - 0.005, ratio + 0.005], replicas: [ratio] },
      ],
    });
    const together = runOf(beside(naive, recipe, 1.057), beside(best, "gemm", 0.946));
    expect(loweringGains(together).map(loweringCells)[0]![4]).toBe("−5.4 % [−5.9, −4.9]");
    expect(loweringSentences(together)[0]).toContain(
      "That is −5.4 % [−5.9, −4.9] of the network's time, in the same rounds.",
    );
    expect(terminalTable(together, { color: false, width: 400 })).toContain(
      "That is −5.4 % [−5.9, −4.9] of the network's time",
    );
  });

  it("is labelled by its forms, and the naive one as that", () => {
    const label = caseLabels(run.cases);
    expect([naive, best].map(label)).toEqual([
      "onnxruntime-node/cpu (2 threads), gemm (naive form)",
      `onnxruntime-node/cpu (2 threads), ${recipe}`,
    ]);
  });

  it("is told as such where no form costs less than the naive one", () => {
    expect(loweringSentences(runOf(naive, written(recipe, 1.2)))).toEqual([
      "se-resnet50, 224 px, batch 1 on onnxruntime-node/cpu: no form of SE costs less than gemm (naive form), +11.0 % [10.0, 12.0].",
    ]);
  });

  it("has its best form among those with right output", () => {
    const { parity } = best;
    const wrong: OkCase = { ...best, parity: { ...parity, se: { ...parity.se, pass: false } } };
    expect(loweringGains(runOf(naive, wrong))).toEqual([]);
  });

  it.each([
    ["the Markdown report", markdownReport],
    ["the HTML report", htmlReport],
    ["the terminal", (of: typeof run) => terminalTable(of, { color: false, width: 400 })],
  ])("is in %s", (_where, report) => {
    expect(report(run)).toMatch(/What lowering does|\+5\.0 % \[4\.0, 6\.0\] as 2-3:squeeze-fold/);
  });
});

describe("a pair in one form", () => {
  it("says nothing about lowering", () => {
    expect(markdownReport(runOf(naive))).not.toContain("lowering");
    expect(htmlReport(runOf(naive))).not.toContain('id="lowering"');
  });

  it("is conv1x1 as the naive form where gemm was not measured", () => {
    const [gain] = loweringGains(runOf(written("conv1x1", 1.1), written("gate-resize", 1.06)));
    expect([gain!.naive.lowering, gain!.best.lowering]).toEqual(["conv1x1", "gate-resize"]);
  });
});
