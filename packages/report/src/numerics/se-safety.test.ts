import type { RanCase } from "@sebench/results";
import { expect, test } from "vitest";
import { runOf, sampleCase } from "../testing/sample-run.ts";
import { safetyRows } from "./se-safety.ts";

const base = sampleCase("onnxruntime-node/cpu|node|se-resnet50|224|b1");

function caseOf(precision: RanCase["precision"], se: object, plain: object = {}): typeof base {
  const { parity } = base;
  return {
    ...base,
    precision,
    parity: {
      tolerance: precision === "fp32" ? 1e-4 : 1e-2,
      plain: { ...parity.plain, ...plain },
      se: { ...parity.se, ...se },
    },
  };
}

const wrong = { relative: 0.2, pass: false };

test("each precision of a runtime is safe, not safe, or not tried, by its worst case", () => {
  const run = runOf(
    caseOf("fp32", { relative: 2e-7 }),
    caseOf("fp16", { relative: 1e-3 }),
    caseOf("fp16", wrong),
  );
  expect(safetyRows(run)).toEqual([
    {
      place: "onnxruntime-node/cpu, as gemm",
      cells: {
        fp32: "safe: 2.0e-7 of 1.0e-4",
        fp16: "NOT SAFE: 2.0e-1 of 1.0e-2, se-resnet50, 224 px, batch 1",
        int8: "not tried",
      },
    },
  ]);
});

test("what is wrong without SE, too, is not blamed on SE", () => {
  const [row] = safetyRows(runOf(caseOf("fp16", { relative: null, pass: false }, wrong)));
  expect(row!.cells.fp16).toBe("wrong with SE and without: not finite of 1.0e-2");
});

test("a run in fp32 whose output is right has no such table", () => {
  expect(safetyRows(runOf(base))).toEqual([]);
});
