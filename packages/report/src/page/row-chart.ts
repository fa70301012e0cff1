import type { Interval } from "@sebench/results";
import { CustomChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { html, type Html } from "./html.ts";
import { type ChartRow, drawRow, chartHeight, type RowLayout, rowLayouts } from "./row-drawing.ts";
import { drawSvg } from "./svg-drawing.ts";

echarts.use([CustomChart, GridComponent]);

export interface RowChart {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly caption: string | null;
  readonly rows: readonly ChartRow[];
  readonly axis: {
    readonly scale: "linear" | "log";
    readonly format: (value: number) => string;
    /** Where a line stands for "no difference"; null for none. */
    readonly reference: number | null;
  };
}

/** A chart as SVG, drawn twice: for a phone and for a wide screen. The style shows one. */
export function rowChart(chart: RowChart): Html {
  const drawings = [drawChart(chart, "wide"), drawChart(chart, "narrow")];
  return html`<figure>
    <figcaption>${chart.caption}</figcaption>
    ${drawings}
  </figure> `;
}

function drawChart(chart: RowChart, name: keyof typeof rowLayouts): Html {
  const layout = rowLayouts[name];
  const { id, title, description } = chart;
  return drawSvg(optionOf(chart, layout), {
    id: `${id}-${name}`,
    className: name,
    title,
    description,
    width: layout.width,
    height: chartHeight(chart.rows.length, layout),
  });
}

function optionOf({ rows, axis }: RowChart, layout: RowLayout): echarts.EChartsCoreOption {
  const font = {
    color: "var(--muted)",
    fontFamily: "system-ui, sans-serif",
    fontSize: layout.fontSize,
  };
  return {
    animation: false,
    grid: layout.grid,
    xAxis: {
      type: axis.scale === "log" ? "log" : "value",
      // An axis with a reference starts there; one without shows where its values are.
      scale: axis.reference === null,
      splitNumber: layout.ticks,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...font, formatter: axis.format, hideOverlap: true },
      splitLine: { lineStyle: { color: "var(--rule)" } },
    },
    yAxis: { type: "value", show: false, min: 0, max: 1 },
    series: [
      {
        type: "custom",
        silent: true,
        clip: false,
        encode: { x: [0, 1], y: 2 },
        data: rows.map((row) => [...extentOf(row, axis.reference), 0]),
        renderItem: (
          { dataIndex }: { dataIndex: number },
          api: { coord: (at: number[]) => number[] },
        ) =>
          drawRow(rows[dataIndex]!, dataIndex, {
            layout,
            reference: axis.reference,
            place: (value) => api.coord([value, 0])[0]!,
          }),
      },
    ],
  };
}

/** What the axis must reach for this row. */
function extentOf(row: ChartRow, reference: number | null): Interval {
  const values = [...row.marks.map(({ at }) => at), ...(row.line ?? []), ...(row.bar ?? [])];
  if (reference !== null) values.push(reference);
  return [Math.min(...values), Math.max(...values)];
}

/** A round number of an axis, with the minus sign of the text. */
export function formatTick(value: number): string {
  return String(Number(value.toPrecision(6))).replace("-", "−");
}
