import { LineChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { expect, test } from "vitest";
import { chartText, drawSvg } from "./svg-drawing.ts";

echarts.use([LineChart, GridComponent]);

const { markup } = drawSvg(
  {
    animation: false,
    xAxis: { type: "value" },
    yAxis: { type: "value" },
    series: [
      {
        type: "line",
        data: [
          [0, 1],
          [1, 2],
        ],
        lineStyle: { color: "var(--se)" },
      },
    ],
  },
  {
    id: "one",
    className: "wide",
    title: "<One>",
    description: "Two points",
    width: 300,
    height: 200,
  },
);

test("a drawing has a name and a description of its own", () => {
  expect(markup).toMatch(/^<svg\s+class="wide"\s+viewBox="0 0 300 200"\s+role="img"/);
  expect(markup).toMatch(/aria-labelledby="one-title"\s+aria-describedby="one-description"/);
  expect(markup).toContain('<title id="one-title">&lt;One&gt;</title>');
  expect(markup).toContain('<desc id="one-description">Two points</desc>');
});

test("a drawing keeps the page's variables as colours, and loses what only a live chart needs", () => {
  expect(markup).toContain('stroke="var(--se)"');
  expect(markup).not.toMatch(/ecmeta_|class="zr|<style|xmlns/);
});

test("a text that every object has as a property is another text in a chart, and reads the same", () => {
  expect("toString" in {}).toBe(true);
  expect(chartText("toString")).not.toBe("toString");
  expect(chartText("toString").trim()).toBe("toString");
  expect(chartText("1.30.0")).toBe("1.30.0");
});
