import type { Series } from "@sebench/results";
import type { EChartsCoreOption } from "echarts/core";
import { runtimeName, workName } from "../case/case-label.ts";
import { htmlPage } from "../page/html-page.ts";
import { html, type Html } from "../page/html.ts";
import { chartText, drawSvg } from "../page/svg-drawing.ts";
import { formatNumberOf, formatOverheadWithin, formatTick } from "../text/format.ts";
import { notesOf, versionChanges } from "./table.ts";

/** The overhead of every case over time, on one page that needs nothing but itself. */
export function historyPage(all: readonly Series[]): string {
  const machines = [...new Set(all.map(({ machine }) => machine))];
  const body = html`<header>
      <h1>What squeeze-and-excitation cost, run by run</h1>
      <p class="muted">
        ${formatNumberOf(all.length, "case", "cases")} on
        ${formatNumberOf(machines.length, "machine", "machines")}
      </p>
    </header>
    <main>
      <p>
        Point: the overhead of a run. Line: its 95 % interval. Dashed: another version of the engine
        or the host. Strong: the level changed, found by E-divisive means at 1 %. The last 250 runs
        are drawn.
      </p>
      ${machines.map((machine) =>
        machineSection(
          machine,
          all.filter((series) => series.machine === machine),
        ),
      )}
    </main>`;
  return htmlPage("sebench: history", body);
}

function machineSection(machine: string, all: readonly Series[]): Html {
  return html`<section>
    <h2>Machine ${machine}</h2>
    ${all.map((series, index) => seriesFigure(series, `trend-${machine}-${index}`))}
  </section> `;
}

function seriesFigure(series: Series, id: string): Html {
  const { overhead } = series.points.at(-1)!.measured;
  const title = `${runtimeName(series)}: ${workName(series)}`;
  return html`<h3>${title}</h3>
    <figure>
      <figcaption>
        ${formatNumberOf(series.points.length, "run", "runs")}, the last
        ${formatOverheadWithin(overhead.ratio, overhead.interval)}
      </figcaption>
      ${trendChart(series, id, `Overhead of ${title}`)}
    </figure>
    ${notesOf(series).map((note) => html`<p class="small">${note}</p> `)}`;
}

/** The number of points that a chart shows, the last ones, because a page has many charts. */
const shown = 250;

const width = 880;
const height = 200;
const grid = { left: 52, right: 16, top: 24, bottom: 26 };

/**
 * A chart of the overhead from run to run, each with its interval. A dashed line marks another
 * version of the engine or the host, a strong line a change of the level.
 */
function trendChart(series: Series, id: string, title: string): Html {
  const offset = Math.max(0, series.points.length - shown);
  const points = series.points.slice(offset);
  const last = points.at(-1)!.measured.overhead;
  return drawSvg(optionOf(series, offset), {
    id,
    className: "trend",
    title,
    description: `The overhead of ${points.length} runs; the last is ${formatOverheadWithin(last.ratio, last.interval)}.`,
    width,
    height,
  });
}

function optionOf(series: Series, offset: number): EChartsCoreOption {
  const points = series.points.slice(offset);
  const font = { color: "var(--muted)", fontFamily: "system-ui, sans-serif", fontSize: 12 };
  const percent = (ratio: number) => (ratio - 1) * 100;
  const within = points.map(({ measured: { overhead } }) =>
    (overhead.interval ?? [overhead.ratio, overhead.ratio]).map(percent),
  );
  const label = { ...font, position: "end" as const };
  const marks = [
    ...versionChanges(series).map(({ index, text }) => ({
      xAxis: index - offset,
      lineStyle: { color: "var(--muted)", type: "dashed" as const, width: 1 },
      // As a text it would be a template, in which "{b}" has a meaning.
      label: { ...label, formatter: () => chartText(text) },
    })),
    ...series.changes.map(({ index, before, after }) => ({
      xAxis: index - offset,
      lineStyle: { color: after > before ? "var(--bad)" : "var(--good)", width: 2 },
      label: { show: false },
    })),
  ].filter(({ xAxis }) => xAxis >= 0);
  return {
    animation: false,
    grid,
    xAxis: {
      type: "category",
      data: points.map(({ started }) => started.slice(0, 10)),
      axisLine: { lineStyle: { color: "var(--rule)" } },
      axisTick: { show: false },
      axisLabel: { ...font, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      scale: true,
      splitNumber: 4,
      axisLabel: { ...font, formatter: (value: number) => `${formatTick(value)} %` },
      splitLine: { lineStyle: { color: "var(--rule)" } },
    },
    series: [
      {
        type: "custom",
        silent: true,
        clip: false,
        encode: { x: 0, y: [1, 2] },
        data: within.map(([low, high], index) => [index, low, high]),
        renderItem: (
          { dataIndex }: { dataIndex: number },
          api: { coord: (at: number[]) => number[] },
        ) => {
          const [low, high] = within[dataIndex] as [number, number];
          const [x, y1] = api.coord([dataIndex, low]) as [number, number];
          const [, y2] = api.coord([dataIndex, high]) as [number, number];
          return {
            type: "line",
            shape: { x1: x, y1, x2: x, y2 },
            style: { stroke: "var(--plain)", lineWidth: 1.5 },
          };
        },
      },
      {
        type: "line",
        silent: true,
        clip: false,
        symbol: "circle",
        symbolSize: points.length > 100 ? 3 : 6,
        itemStyle: { color: "var(--se)" },
        lineStyle: { color: "var(--se)", width: 1 },
        data: points.map(({ measured }) => percent(measured.overhead.ratio)),
        markLine: { silent: true, symbol: "none", data: marks },
      },
    ],
  };
}
