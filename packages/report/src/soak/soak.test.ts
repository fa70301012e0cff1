import { sampleSoak } from "@sebench/results/testing";
import { expect, test } from "vitest";
import { soakContent } from "./content.ts";
import { soakHtml } from "./page.ts";
import { soakMarkdown, soakTable } from "./text.ts";

test("the page of the sample, without its drawings, is as agreed", async () => {
  const text = soakHtml(sampleSoak).replace(/<svg\s[\s\S]*?<\/svg>/g, "<svg></svg>");
  await expect(text).toMatchFileSnapshot("../../fixtures/soak.html");
});

test("the Markdown of the sample is as agreed", async () => {
  await expect(soakMarkdown(sampleSoak)).toMatchFileSnapshot("../../fixtures/soak.md");
});

test.each([80, 200])(
  "the terminal's text of the sample is as agreed at width %i",
  async (width) => {
    const text = soakTable(sampleSoak, { color: false, width });
    await expect(text).toMatchFileSnapshot(`../../fixtures/soak-${width}.txt`);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(width);
  },
);

test("a session whose memory and latency are known has a drawing of each", () => {
  const page = soakHtml(sampleSoak);
  const drawn = [...page.matchAll(/<svg[^>]*aria-labelledby="([a-z]+-\d)-title"/g)];
  // The third session died before its latency could be told, and the fourth with its page.
  expect(drawn.map(([, id]) => id)).toEqual(["memory-0", "latency-0", "memory-1", "latency-1"]);
});

test("a soak in which all is well says so", () => {
  const { sentences } = soakContent({ ...sampleSoak, rows: sampleSoak.rows.slice(0, 1) });
  expect(sentences).toEqual([
    "The session kept parity, and its memory is not shown to grow by more than 16.0 KiB a run.",
  ]);
});
