import { describe, expect, it } from "vitest";
import { caseLabels } from "../case/case-label.ts";
import { sampleRun } from "../testing/sample-run.ts";
import { placeCells, placedCases, placeSentences } from "./node-places.ts";

const placed = placedCases(sampleRun);
const cellsOf = (runtime: string) =>
  placeCells(
    "",
    placed.find(({ record }) => record.runtime === runtime)!,
  ).slice(1);

describe("where the nodes went", () => {
  it("is told of nodes that are not on the device, with the reasons and what copies took", () => {
    expect(cellsOf("onnxruntime-node/webgpu")).toEqual([
      "57 of 57 nodes",
      "116 of 119 nodes",
      "Hardmax stage2/block0/excite/gate (the device's provider has no kernel); Shape stage2/block0/excite/shape, Gather stage2/block0/excite/gather (integers, which the engine keeps on the CPU)",
      "0 → 2 (0.417 ms)",
      "2 → 8",
    ]);
  });

  it("is told of a case whose nodes are all on it", () => {
    expect(cellsOf("onnxruntime-node/cpu").slice(0, 3)).toEqual([
      "57 of 57 nodes",
      "121 of 121 nodes",
      "–",
    ]);
  });

  it("is left out of a case whose evidence does not tell", () => {
    const silent = placed.filter(({ record }) => record.status === "unavailable");
    expect(silent).toEqual([]);
    expect(placed.length).toBeLessThan(sampleRun.cases.length);
  });

  it("is one sentence where all are on the device, and one more for each case where not", () => {
    const label = caseLabels(sampleRun.cases);
    const sentences = placeSentences(sampleRun, label);
    expect(sentences).toHaveLength(2);
    expect(sentences[1]).toContain("116 of 119 nodes of SE on the device, not Hardmax");
    const whole = { ...sampleRun, cases: sampleRun.cases.filter(({ status }) => status === "ok") };
    expect(placeSentences(whole, label)).toEqual([
      expect.stringMatching(/^Where the nodes went: all of them on the device in \d+ cases\.$/),
    ]);
  });
});
