import { describe, expect, it, test } from "vitest";
import { sampleExplanation } from "../testing/sample-explanation.ts";
import { explanationContent } from "./content.ts";
import { explanationHtml, shareColours } from "./page.ts";
import { explanationMarkdown, explanationTable } from "./text.ts";

const page = explanationHtml(sampleExplanation);
const drawings = [...page.matchAll(/<svg\s[\s\S]*?<\/svg>/g)].map(([svg]) => svg);
const partsBar = drawings.find((drawing) => drawing.includes("parts-chart-wide"));

test("the page of the sample, without its drawings, is as agreed", async () => {
  const text = page.replace(/<svg\s[\s\S]*?<\/svg>/g, "<svg></svg>");
  await expect(text).toMatchFileSnapshot("../../fixtures/explanation.html");
});

test("the bar of the parts is as agreed", async () => {
  await expect(partsBar).toMatchFileSnapshot("../../fixtures/explanation.svg");
});

test("the Markdown of the sample is as agreed", async () => {
  const text = explanationMarkdown(sampleExplanation);
  await expect(text).toMatchFileSnapshot("../../fixtures/explanation.md");
});

test("the terminal's text of the sample is as agreed", async () => {
  const text = explanationTable(sampleExplanation, { color: false, width: 120 });
  await expect(text).toMatchFileSnapshot("../../fixtures/explanation.txt");
});

describe("the bar", () => {
  const segments = [...partsBar!.matchAll(/<rect\s+x="([\d.]+)"\s+y="[\d.]+"\s+width="([\d.]+)"/g)];
  const widths = segments.map(([, , width]) => Number(width));

  it("has a segment for each part, as long as the part", () => {
    // The parts add 5.55 ms and save 0.55 ms; 860 pixels less the margins hold the ticks from
    // -1 to 6.
    const pixels = (860 - 28) / 7;
    const expected = [0.5, 0.8, 1, 0.9, 1.6, 0.05, 0.55, 0.2, 0.5];
    expect(widths).toHaveLength(expected.length);
    for (const [at, ms] of expected.entries()) expect(widths[at]! / pixels).toBeCloseTo(ms, 1);
  });

  it("puts what saves time left of 0", () => {
    const zero = 14 + (860 - 28) / 7;
    const [, x, width] = segments[6]!;
    expect(Number(x) + Number(width)).toBeCloseTo(zero, 0);
  });
});

test("no shares are told of an overhead that cannot be told from none", () => {
  const measured = { ms: 0.2, interval: [-0.5, 0.9] as const };
  const { sentences, rows } = explanationContent({ ...sampleExplanation, measured });
  expect(sentences.join(" ")).toContain("No overhead can be told from none");
  for (const [, , share] of rows) expect(share).toBe("");
});

test("of a GPU that is timed by the host it is said what that means", () => {
  const { attestation } = sampleExplanation;
  const se = { ...attestation.se, device: "cuda" as const, threads: null };
  const { sentences } = explanationContent({
    ...sampleExplanation,
    attestation: { ...attestation, se },
  });
  expect(sentences.join(" ")).toContain("sees them launched and not run");
});

test("the page loads nothing and runs nothing", () => {
  expect(page).not.toMatch(/<script|<link|<img|url\(|@import/i);
});

/** The relative luminance of a colour `#rrggbb` (WCAG 2.2). */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

test.each(Object.entries(shareColours))(
  "a letter can be read on the segment of %s (WCAG AA, 4.5)",
  (_, { light, dark }) => {
    // The two colours are the paper of both themes, in page/html-page.ts.
    const [white, black] = ["#fdfdfc", "#15171b"].map(luminance);
    expect((white! + 0.05) / (luminance(light) + 0.05)).toBeGreaterThan(4.5);
    expect((luminance(dark) + 0.05) / (black! + 0.05)).toBeGreaterThan(4.5);
  },
);
