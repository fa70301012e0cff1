import { expect, test } from "vitest";
import { sampleDifferences } from "../testing/sample-explanation.ts";
import { differencesHtml, differencesMarkdown, differencesTable } from "./differences.ts";

const markdown = differencesMarkdown(sampleDifferences);

test("every form has each step with its interval, and the reason why there is no more", () => {
  const table = differencesTable(sampleDifferences, { color: false, width: 120 });
  for (const text of [markdown, differencesHtml(sampleDifferences), table]) {
    expect(text).toContain("LiteRT.js tells no times of its operators");
    expect(text.replaceAll("\\", "")).toContain("1.00 ms [0.80, 1.20]");
    expect(text.replaceAll("\\", "")).toContain("3.00 ms [2.80, 3.20]");
  }
});

test("steps that do not add up are said to cost something else beside one another", () => {
  expect(markdown).toContain("what they cost alone");
  const rest = { ms: 0.1, interval: [-0.1, 0.3] } as const;
  expect(differencesMarkdown({ ...sampleDifferences, rest })).toContain("cannot be told from none");
});

test("no shares are told of an overhead that cannot be told from none", () => {
  const measured = { ms: 4, interval: [-0.5, 8.5] } as const;
  const text = differencesMarkdown({ ...sampleDifferences, measured });
  expect(text).toContain("No overhead can be told from none");
  expect(markdown).toContain("75.0 %");
  expect(text).not.toContain("75.0 %");
});
