import { expect, test } from "vitest";
import { sampleExcitations } from "../testing/sample-excitations.ts";
import { classColours } from "./class-colours.ts";
import { drawnChannels } from "./gate-panel.ts";
import { excitationsHtml } from "./page.ts";
import { excitationsMarkdown, excitationsTable } from "./text.ts";

const page = excitationsHtml(sampleExcitations);
const drawings = [...page.matchAll(/<svg[\s\S]*?<\/svg>/g)].map(([svg]) => svg);
const panels = drawings.filter((drawing) => drawing.includes('class="panel"'));

test("the page of the sample, without its drawings, is as agreed", async () => {
  const text = page.replace(/<svg[\s\S]*?<\/svg>/g, "<svg></svg>");
  await expect(text).toMatchFileSnapshot("../../fixtures/excitations.html");
});

test("a panel is as agreed", async () => {
  await expect(panels[1]).toMatchFileSnapshot("../../fixtures/excitations.svg");
});

test("the Markdown of the sample is as agreed", async () => {
  const text = excitationsMarkdown(sampleExcitations);
  await expect(text).toMatchFileSnapshot("../../fixtures/excitations.md");
});

test("the terminal's text of the sample is as agreed", async () => {
  const text = excitationsTable(sampleExcitations, { color: false, width: 120 });
  await expect(text).toMatchFileSnapshot("../../fixtures/excitations.txt");
});

test("there is a panel for each block, with a line for each class that is drawn and one for all", () => {
  expect(panels).toHaveLength(3);
  for (const panel of panels) {
    const strokes = [...panel.matchAll(/stroke="var\(--(\w+)\)"/g)].map(([, name]) => name!);
    expect(strokes.filter((name) => ["first", "second", "third", "ink"].includes(name))).toEqual([
      "first",
      "second",
      "ink",
    ]);
  }
});

test("a gate without an upper end has an axis that reaches its values", () => {
  const [first] = sampleExcitations.blocks;
  const all = { mean: [0, 3, 7], deviation: [0, 0, 0] };
  const blocks = [{ ...first!, gate: "relu" as const, all, classes: [] }];
  const [panel] = excitationsHtml({ ...sampleExcitations, drawn: [], blocks }).match(
    /<svg\s+class="panel"[\s\S]*?<\/svg>/,
  )!;
  expect(panel).toMatch(/>8<\/text>/);
});

test("many channels are drawn at even distances, few all of them", () => {
  expect(drawnChannels(3)).toEqual([0, 1, 2]);
  const drawn = drawnChannels(200);
  expect(drawn).toHaveLength(50);
  expect(drawn.slice(0, 3)).toEqual([0, 4, 8]);
});

test("the page loads nothing and runs nothing, and what is named in it is text", () => {
  expect(page).not.toMatch(/<script|<link|<img|url\(|@import|<b>pug/i);
});

test("drawings take their colours from the page, so that dark mode changes them", () => {
  const colours = drawings.flatMap((drawing) =>
    [...drawing.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, colour]) => colour!),
  );
  expect(colours.length).toBeGreaterThan(0);
  expect(colours.filter((colour) => !/^(?:none|var\(--[a-z]+\))$/.test(colour))).toEqual([]);
});

/** The relative luminance of a colour `#rrggbb` (WCAG 2.2). */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

test.each(classColours)("the line $name can be seen on paper (WCAG, 3)", ({ light, dark }) => {
  // The two colours are the paper of both themes, in page/html-page.ts.
  const [white, black] = ["#fdfdfc", "#15171b"].map(luminance);
  expect((white! + 0.05) / (luminance(light) + 0.05)).toBeGreaterThan(3);
  expect((luminance(dark) + 0.05) / (black! + 0.05)).toBeGreaterThan(3);
});
