import { judgeLoads, type Load, median, type Member, percentileOfLoads } from "@sebench/measure";
import {
  bestOffline,
  type Interval,
  type MeasuredServer,
  type OfflineRow,
  type OkCase,
  type Percentile,
  percentiles,
  ratesOf,
  type RunRecord,
  type ServerRow,
} from "@sebench/results";
import { caseLabels, workLabel } from "../case/case-label.ts";
import { caseHeading, dataTable } from "../page/data-table.ts";
import { html, type Html, prose } from "../page/html.ts";
import type { Section } from "../page/section.ts";
import { drawSvg } from "../page/svg-drawing.ts";
import {
  crewText,
  limitOf,
  limitText,
  rateText,
  servedCases,
  servingSentences,
} from "../run/served-case.ts";
import { formatMs, formatNumberOf, formatRate, formatTick } from "../text/format.ts";

type Label = (record: OkCase) => string;

/** The section about the throughput as a server meets it. */
export function servingSection(run: RunRecord): Section | null {
  const served = servedCases(run);
  if (served.length === 0) return null;
  const label = caseLabels(run.cases);
  const sentences = served.flatMap((record) => servingSentences(record, label));
  return {
    id: "serving",
    title: "As a server meets it",
    gist: `${formatNumberOf(served.length, "case", "cases")} with worker processes, by MLPerf's scenarios`,
    content: html`<p>
        Worker processes, of plain and of SE in turns. Offline: each always has a next batch.
        Server: requests arrive at random (a Poisson process) whether or not the answers before them
        are there, and wait in one queue; a latency counts from the time at which a request was due.
      </p>
      ${sentences.map((sentence) => html`<p>${prose(sentence)}</p> `)}
      ${served.flatMap((record, index) => [offlineOf(record, label), serverOf(record, label, index)])}`,
  };
}

const nothing = html``;

function offlineOf(record: OkCase, label: Label): Html {
  const offline = record.serving?.offline;
  if (offline?.status !== "ok") return nothing;
  const best = new Set([bestOffline(offline.rows, "plain"), bestOffline(offline.rows, "se")]);
  return dataTable({
    caption: `Offline, ${record.network} at ${record.imageSize} px on ${label(record)}: images a second, median and range of windows`,
    columns: [
      { title: "Workers", kind: "text" },
      { title: "Batch", kind: "number" },
      { title: "Plain", kind: "number" },
      { title: "SE", kind: "number" },
      { title: "Note", kind: "short" },
    ],
    rows: offline.rows.map((row) => [
      crewText(row),
      String(row.batch),
      windowsText(row, "plain"),
      windowsText(row, "se"),
      noteOf(row, best.has(row)),
    ]),
  });
}

function windowsText({ outcome }: OfflineRow, member: Member): string {
  if (outcome.status === "failed") return "failed";
  const windows = outcome.imagesPerSecond[member];
  const range = `${formatRate(Math.min(...windows))} to ${formatRate(Math.max(...windows))}`;
  return `${formatRate(median(windows))} (${range})`;
}

function noteOf({ confirms, outcome }: OfflineRow, isBest: boolean): string {
  if (outcome.status === "failed") return outcome.reason;
  if (!confirms) return "";
  return isBest ? "the most, measured again" : "measured again";
}

function serverOf(record: OkCase, label: Label, index: number): Html {
  const server = record.serving?.server;
  if (server?.status !== "ok") return nothing;
  const name = `${workLabel(record)} on ${label(record)}`;
  return html`<h3>${name}, ${limitText(server)}</h3>
    ${server.rows.map((row, at) => html`${rowOf(row, server, `serving-${index}-${at}`, name)}`)}`;
}

function rowOf(row: ServerRow, server: MeasuredServer, id: string, name: string): Html {
  const failed = row.failure && html`<p class="bad">${crewText(row)}: ${row.failure.reason}.</p>`;
  if (row.members === null) return html`${failed}`;
  const { percentile } = server;
  const rates = `plain ${rateText(row, "plain", server)}, SE ${rateText(row, "se", server)}`;
  const isDrawn = membersOf.some(([member]) => pointsOf(row, member, server).length > 0);
  const chart = !isDrawn
    ? html`<p>No rate has enough answered requests for ${percentile}.</p>`
    : drawSvg(curveOf(row, server), {
        id,
        className: "trend",
        title: `${percentile} against requests a second: ${name}, ${crewText(row)}`,
        description: `Requests a second that keep ${limitText(server)}: ${rates}.`,
        width,
        height,
      });
  return html`<p>
      ${crewText(row)}: latency (${percentile}) against requests a second. Blue: SE; grey: plain;
      filled where the limit is kept. Dashed: the limit. Dotted: the capacity of each.
    </p>
    ${failed} ${chart} ${loadTable(row, server)}`;
}

function loadTable(row: ServerRow, server: MeasuredServer): Html {
  return dataTable({
    caption: `${crewText(row)}: each rate that was tried; –: the requests do not carry that percentile`,
    columns: [
      { title: "Requests/s", kind: "text" },
      { title: "Requests", kind: "number" },
      { title: "p50", kind: "number" },
      { title: "p90", kind: "number" },
      { title: "p99", kind: "number" },
      { title: "Run, p50", kind: "number" },
      { title: `${limitText(server)}`, kind: "short" },
    ],
    rows: membersOf.flatMap(([member, title]) =>
      ratesOf(row.members![member]).map((loads) => {
        const unanswered = loads.reduce((sum, load) => sum + load.unanswered, 0);
        const count = loads.reduce((sum, { samplesMs }) => sum + samplesMs.length, 0);
        const runs = loads.flatMap(({ runMs }) => runMs ?? []);
        const of = (name: Percentile) => percentileText(loads, name);
        return [
          caseHeading(formatRate(loads[0]!.rate), title),
          unanswered === 0 ? String(count) : `${count} and ${unanswered} without an answer`,
          of("p50"),
          of("p90"),
          of("p99"),
          runs.length === 0 ? "–" : formatMs(median(runs)),
          judgeLoads(loads, limitOf(server)),
        ];
      }),
    ),
  });
}

const membersOf = [
  ["plain", "plain"],
  ["se", "SE"],
] as const;

function percentileText(loads: readonly Load[], name: Percentile): string {
  const latency = percentileOfLoads(loads, percentiles[name]);
  return latency === null ? "–" : formatMs(latency.ms, latency.interval);
}

const width = 880;
const height = 260;

interface Point {
  readonly rate: number;
  readonly ms: number;
  readonly interval: Interval;
  readonly kept: boolean;
}

function pointsOf(row: ServerRow, member: Member, server: MeasuredServer): Point[] {
  return ratesOf(row.members![member]).flatMap((loads) => {
    const latency = percentileOfLoads(loads, percentiles[server.percentile]);
    if (latency === null || latency.interval[0] <= 0) return [];
    const { ms, interval } = latency;
    const kept = judgeLoads(loads, limitOf(server)) === "keeps";
    return [{ rate: loads[0]!.rate, ms, interval, kept }];
  });
}

/** The curve of latency against rate for both members, with the limit and the capacities. */
function curveOf(row: ServerRow, server: MeasuredServer) {
  const font = { color: "var(--muted)", fontFamily: "system-ui, sans-serif", fontSize: 12 };
  const axis = {
    axisLine: { lineStyle: { color: "var(--rule)" } },
    splitLine: { lineStyle: { color: "var(--rule)" } },
    nameTextStyle: font,
    nameLocation: "middle" as const,
  };
  const label = (formatter: (value: number) => string) => ({ ...font, formatter });
  return {
    animation: false,
    grid: { left: 70, right: 20, top: 16, bottom: 46 },
    xAxis: {
      ...axis,
      type: "value",
      name: "requests/s",
      nameGap: 28,
      min: 0,
      splitLine: { show: false },
      axisLabel: label(formatTick),
    },
    yAxis: {
      ...axis,
      type: "log",
      name: `${server.percentile}, ms`,
      nameGap: 48,
      axisLabel: label(formatTick),
    },
    series: membersOf.map(([member]) => seriesOf(row, member, server)),
  };
}

function seriesOf(row: ServerRow, member: Member, server: MeasuredServer) {
  const color = `var(--${member})`;
  const points = pointsOf(row, member, server);
  const capacity = median(row.members![member].capacity);
  const line = (type: "dashed" | "dotted", of: string) => ({ color: of, type, width: 1.5 });
  const hidden = { show: false };
  return {
    type: "line",
    silent: true,
    clip: false,
    symbol: "circle",
    symbolSize: 9,
    lineStyle: { color, width: 1.5 },
    data: points.map(({ rate, ms, kept }) => ({
      value: [rate, ms],
      itemStyle: {
        color: kept ? color : "var(--ground, var(--paper))",
        borderColor: color,
        borderWidth: 2,
      },
    })),
    markLine: {
      silent: true,
      symbol: "none",
      data: [
        { yAxis: server.limitMs, lineStyle: line("dashed", "var(--bad)"), label: hidden },
        { xAxis: capacity, lineStyle: line("dotted", color), label: hidden },
        ...points.map(({ rate, interval: [low, high] }) => [
          { coord: [rate, low], lineStyle: { color, type: "solid", width: 1.5 }, label: hidden },
          { coord: [rate, high] },
        ]),
      ],
    },
  };
}
