import { InputError } from "@sebench/spec";
import { expect, test } from "vitest";
import { parseBudgetConfig } from "./budget.ts";

const budget = { runtime: "onnxruntime-node/cpu", network: "se-resnet50", maxOverhead: 0.06 };

test("a budget of which nothing can be told passes unless the file says otherwise", () => {
  expect(parseBudgetConfig({ budgets: [budget] }, "x.json").cannotTell).toBe("pass");
  expect(parseBudgetConfig({ budgets: [budget], cannotTell: "fail" }, "x.json").cannotTell).toBe(
    "fail",
  );
});

test.each([
  [{ budgets: [budget, { ...budget, maxOverhead: "6 %" }] }, "x.json: budgets[1].maxOverhead:"],
  [{ budgets: [{ network: "se-resnet50" }] }, "x.json: budgets[0]: has no limit"],
  [{ budgets: [{ ...budget, maxOverheads: 1 }] }, /x\.json: budgets\[0\].*maxOverheads/],
  [{ budgets: [{ ...budget, maxOverhead: -0.1 }] }, "x.json: budgets[0].maxOverhead:"],
  [{}, "x.json: budgets:"],
  [undefined, "x.json: "],
])("%j is refused, and the error names the file and the entry", (value, message) => {
  const parse = () => parseBudgetConfig(value, "x.json");
  expect(parse).toThrow(InputError);
  expect(parse).toThrow(message);
});
