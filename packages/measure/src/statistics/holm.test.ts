import { expect, test } from "vitest";
import { holmAdjusted } from "./holm.ts";

// The values are those of R's p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm"): by hand,
// 5 * 0.01, 4 * 0.02, 3 * 0.03, and then no less than that.
test("p values are adjusted as R's p.adjust does", () => {
  const adjusted = [0.05, 0.08, 0.09, 0.09, 0.09];
  for (const [index, value] of holmAdjusted([0.01, 0.02, 0.03, 0.04, 0.05]).entries()) {
    expect(value).toBeCloseTo(adjusted[index]!, 12);
  }
});

// By hand, the values are 4 * 0.005, 3 * 0.01, 2 * 0.03, and 0.04 once but no less than 0.06.
test("they are given back in the order of the p values", () => {
  const adjusted = [0.03, 0.06, 0.06, 0.02];
  for (const [index, value] of holmAdjusted([0.01, 0.04, 0.03, 0.005]).entries()) {
    expect(value).toBeCloseTo(adjusted[index]!, 12);
  }
});

test.each([
  { given: [0.6, 0.5, 0.001], expected: [1, 1, 0.003] },
  { given: [0.25, 0.25], expected: [0.5, 0.5] },
  { given: [0.03], expected: [0.03] },
  { given: [], expected: [] },
])("$given become $expected: none over 1, and one alone stays", ({ given, expected }) => {
  expect(holmAdjusted(given)).toEqual(expected);
});
