import type { RunRecord } from "@sebench/results";
import { expect, test } from "vitest";
import { htmlReport } from "./html-report.ts";
import { runOf, sampleCase, sampleRun } from "./testing/sample-run.ts";

const page = htmlReport(sampleRun);
const drawings = [...page.matchAll(/<svg[\s\S]*?<\/svg>/g)].map(([svg]) => svg);
const firstScreen = page.slice(0, page.indexOf('<div class="chapters">'));

function textOf(markup: string): string {
  return markup.replace(/<[^>]+>/g, "").replace(/\s+/g, " ");
}

function sectionOf(markup: string, id: string): string {
  return new RegExp(`<section id="${id}"[\\s\\S]*?</section>`).exec(markup)![0];
}

test("the page of the sample run, without its drawings, is as agreed", async () => {
  const text = page.replace(/<svg[\s\S]*?<\/svg>/g, "<svg></svg>");
  await expect(text).toMatchFileSnapshot("../fixtures/report.html");
});

test("a drawing is as agreed", async () => {
  await expect(drawings[0]).toMatchFileSnapshot("../fixtures/track.svg");
});

test("the page loads nothing and runs nothing", () => {
  const tags = page.match(/<[a-z][^>]*>/gi)!;
  const names = new Set(tags.map((tag) => /^<(\w+)/.exec(tag)![1]!.toLowerCase()));
  for (const name of ["script", "link", "img", "iframe", "object", "embed", "image", "use"]) {
    expect(names).not.toContain(name);
  }
  expect(tags.filter((tag) => /\s(?:src|srcset|action|data|on\w+)=/i.test(tag))).toEqual([]);
  expect(tags.filter((tag) => /\shref="(?!#)/.test(tag))).toEqual([]);
  expect(page).not.toMatch(/url\(|@import/i);
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
});

test("what an engine says is text, in the page and in its drawings", () => {
  const hostile = `</title><script>alert(1)</script>`;
  const failed = sampleRun.cases.find((record) => record.status === "failed")!;
  const ok = { ...sampleCase("tfjs-node"), runtime: hostile, network: hostile };
  const run: RunRecord = runOf({ ...failed, reason: hostile, remedy: hostile }, ok, {
    ...ok,
    device: { name: hostile, details: { [hostile]: hostile } },
    attestation: { ...ok.attestation, evidence: { [hostile]: hostile } },
  });
  expect(htmlReport(run)).not.toContain("<script");
});

test("every chart has a name, and every drawing in it is hidden from screen readers, which have its figures", () => {
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const charts = [...page.matchAll(/<table class="tracks"[\s\S]*?<\/table>/g)].map(
    ([chart]) => chart,
  );
  const names = charts.map((chart) =>
    textOf(/<caption>([\s\S]*?)<\/caption>/.exec(chart)![1]!).trim(),
  );
  expect(new Set(names).size).toBe(charts.length);
  expect(charts.flatMap((chart) => chart.match(/<svg/g)!).length).toBe(drawings.length);
  expect(drawings.every((drawing) => /^<svg[^>]* aria-hidden="true"/.test(drawing))).toBe(true);
  const figures = [
    ...page.matchAll(/<svg class="track"[\s\S]*?<\/svg\s*><span class="figure">([^<]*)</g),
  ].map(([, figure]) => figure!);
  expect(figures.length).toBe(drawings.filter((svg) => svg.includes('class="track"')).length);
  expect(figures.filter((figure) => !/\d/.test(figure))).toEqual([]);
});

test("drawings have no colours of their own but the page's, so that dark mode changes them", () => {
  expect(drawings.filter((drawing) => /\b(?:fill|stroke|style)=/.test(drawing))).toEqual([]);
  const rules = [...page.matchAll(/^\.(?:track|ticks) [^{]*\{([^}]*)\}/gm)].map(
    ([, rule]) => rule!,
  );
  const colours = rules.flatMap((rule) =>
    [...rule.matchAll(/(?:fill|stroke): ([^;]+);/g)].map(([, colour]) => colour!),
  );
  expect(colours.length).toBeGreaterThan(5);
  expect(colours.filter((colour) => !colour.startsWith("var(--"))).toEqual([]);
});

test("wrong output is left out of the charts and has no rank", () => {
  for (const markup of [firstScreen, sectionOf(page, "overhead")]) {
    expect(markup).toMatch(/<th[^>]*>\s*onnxruntime-web\/wasm/);
    expect(markup).not.toMatch(/<th[^>]*>\s*tfjs-web\/webgl/);
  }
  expect(textOf(firstScreen)).toContain("tfjs-web/webgl is not ranked: its output is wrong.");
  expect(sectionOf(page, "latency")).toMatch(
    /tfjs-web\/webgl<\/th>(?:(?!<\/tr>)[\s\S])*none: wrong output/,
  );
});

test("what did not run stands there with its reason and remedy", () => {
  const text = sectionOf(page, "not-measured").replace(/<[^>]+>/g, "");
  expect(text).toContain("Firefox is not installed");
  expect(text).toContain("leave it out with --host node,chromium");
  expect(text).toContain("&lt;img src=x onerror=alert(1)&gt;");
});

test("a runtime that lost accuracy is named above the figures", () => {
  expect(page).toMatch(/<summary>(?:(?!<\/summary>)[\s\S])*Accuracy is lost on tfjs-web\/webgl\./);
  const text = sectionOf(page, "accuracy").replace(/<[^>]+>/g, "");
  expect(text).toContain("SE 12 won, 240 lost, p &lt; 0.001: ACCURACY LOST");
});

test("a run without labelled images has no chapter about them", () => {
  const seeded = htmlReport(runOf(sampleCase("onnxruntime-node/cpu|node|se-resnet50")));
  expect(seeded).not.toContain("Is the answer still right?");
});

test("ten cases stay well below a megabyte", () => {
  expect(page.length).toBeLessThan(500_000);
});

test("a run without cases is still a page", () => {
  const empty = htmlReport(runOf());
  expect(empty).toContain("Nothing could be measured.");
  expect(empty).toContain("Run it again");
});

test("the first screen has a sentence and a chart for each network, the fastest first", () => {
  const cards = firstScreen.split("<li>").slice(1).map(textOf);
  expect(cards.map((card) => /se-resnet\d+, \d+ px, batch \d/.exec(card)![0])).toEqual([
    "se-resnet50, 224 px, batch 1",
    "se-resnet50, 224 px, batch 8",
    "se-resnet18, 224 px, batch 1",
    "se-resnet20, 28 px, batch 1",
  ]);
  expect(cards[2]).toMatch(/onnxruntime-node\/cpu on node is the fastest at .* SE costs \+3\.0 % /);
  const [, chart] = /<tbody([\s\S]*?)<\/tbody>/.exec(firstScreen.split("<li>")[4]!)!;
  const order = [...chart!.matchAll(/<th[^>]*>\s*([^<]*[^<\s])\s*</g)].map(([, name]) => name);
  expect(order).toEqual(["onnxruntime-node/cpu on node", "onnxruntime-web/wasm", "tfjs-node/cpu"]);
});

test("software GPUs are not on the first screen but in a folded section that says what they prove", () => {
  expect(firstScreen).not.toContain("webgpu");
  expect(textOf(page)).toContain("2 cases prove parity and device; their times are a CPU’s");
  expect(textOf(sectionOf(page, "software"))).toMatch(/webgpu.*44\.2 → 62\.8 ms \+42 % \[29, 57\]/);
});

test("a run without software GPUs has no section about them", () => {
  expect(htmlReport(runOf(sampleCase("tfjs-node")))).not.toContain('id="software"');
});

test("everything below the first screen is folded, with what it holds in its summary", () => {
  const chapters = page.split('<details class="chapter">').slice(1);
  expect(chapters.length).toBe([...page.matchAll(/<section /g)].length);
  for (const chapter of chapters) {
    expect(textOf(/<span class="gist">([\s\S]*?)<\/summary>/.exec(chapter)![1]!).trim()).not.toBe(
      "",
    );
    expect(chapter).toMatch(/<\/summary>\s*<section id="[a-z-]+"/);
  }
  expect(page).not.toMatch(/<details[^>]* open/);
});

test("a link leads into each section that the page speaks of, so that browsers unfold it", () => {
  for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) {
    expect(page).toContain(`<section id="${id}"`);
  }
});

test("starts of an older record are not comparable, and those of this one have their figures", () => {
  const sections = ["first-visitor", "memory"].map((id) => textOf(sectionOf(page, id)));
  for (const section of sections) {
    expect(section).toContain("not comparable");
    expect(section).toContain("onnxruntime-web/wasm (2 threads) for se-resnet18");
  }
  const [visitor, memory] = sections;
  expect(visitor).toContain("onnxruntime-node/cpu on node (2 threads) resnet50, 224 px, batch 1");
  // By hand: 41 + 24 + 63 + 512 + 131 ms, and three starts at 1, 1.08 and 0.97 times as much.
  expect(visitor).toContain("771 ms 748 to 833");
  expect(memory).toContain("277 MiB 269 to 299");
});
