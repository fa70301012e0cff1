import { type OkCase, parityHolds, type RunRecord } from "@sebench/results";
import { caseLabels } from "../case/case-label.ts";
import { parityText } from "../case/correctness.ts";
import { dataTable } from "../page/data-table.ts";
import { html, type Html, prose } from "../page/html.ts";
import type { Section } from "../page/section.ts";
import { drawSvg } from "../page/svg-drawing.ts";
import {
  breakSentences,
  pointText,
  provenPoints,
  type Sweep,
  sweepSentences,
  sweepsOf,
  sweepWork,
  timedPoints,
} from "../run/sweep.ts";
import {
  formatMsWithin,
  formatNumberOf,
  formatOverheadWithin,
  formatTick,
} from "../text/format.ts";
import { escapeMarkdown } from "../text/markdown.ts";

/** The section with the curves over sizes and batches, or null where a run has no sweep. */
export function sweepSection(run: RunRecord): Section | null {
  const sweeps = sweepsOf(run);
  if (sweeps.length === 0) return null;
  const label = caseLabels(run.cases);
  const broken = sweeps.filter((sweep) => !provenPoints(sweep).every(parityHolds));
  const points = sweeps.reduce((sum, { cases }) => sum + cases.length, 0);
  return {
    id: "sweeps",
    title: "Over sizes and batches",
    gist:
      broken.length === 0
        ? `${formatNumberOf(sweeps.length, "curve", "curves")} of ${points} points`
        : html`<span class="bad"
            >parity breaks in ${broken.length} of
            ${formatNumberOf(sweeps.length, "curve", "curves")}</span
          >`,
    content: html`<p>
        Left: the median latency, blue with SE, grey without. Right: what SE adds, with its 95 %
        interval. A point that is not filled has a wrong output.
      </p>
      ${sweeps.map((sweep, index) => sweepOf(sweep, label(sweep.cases[0]!), index))}`,
  };
}

/** The blocks of Markdown about the sweeps of a run, whose points its table has. */
export function sweepBlocks(run: RunRecord): string[] {
  const sentences = sweepSentences(run, caseLabels(run.cases));
  if (sentences.length === 0) return [];
  const items = sentences.map((sentence) => `- ${escapeMarkdown(sentence)}`);
  return ["### Over sizes and batches", items.join("\n")];
}

function sweepOf(sweep: Sweep, name: string, index: number): Html {
  const timed = timedPoints(sweep);
  const title = `${sweepWork(sweep)} on ${name}`;
  return html`<h3>${title}</h3>
    ${breakSentences(sweep).map((sentence) => html`<p>${prose(sentence)}</p> `)}
    ${
      timed.length < 2
        ? null
        : drawSvg(curvesOf(sweep, timed), {
            id: `sweep-${index}`,
            className: "trend",
            title: `Latency and overhead of ${title}`,
            description: "Two curves of the figures that the table beneath has.",
            width,
            height,
          })
    }
    ${dataTable({
      caption: `Each point of ${title}`,
      columns: [
        { title: sweep.part === "imageSize" ? "Size" : "Batch", kind: "text" },
        { title: "Plain p50", kind: "number" },
        { title: "SE p50", kind: "number" },
        { title: "SE adds", kind: "number" },
        { title: "Parity", kind: "text" },
      ],
      rows: sweep.cases.map((record) => {
        const point = pointText(sweep.part, record);
        if (record.status === "failed" || record.status === "unavailable") {
          return [point, "–", "–", "–", html`<span class="bad">${record.status}</span>`];
        }
        const parity = parityHolds(record)
          ? parityText(record)
          : html`<span class="bad">${parityText(record)}</span>`;
        if (record.status === "untimed") return [point, "–", "–", "–", parity];
        const { plain, se } = record.members;
        return [
          point,
          formatMsWithin(plain.latencyMs.p50, plain.latencyMs.p50Interval),
          formatMsWithin(se.latencyMs.p50, se.latencyMs.p50Interval),
          formatOverheadWithin(record.overhead.ratio, record.overhead.interval),
          parity,
        ];
      }),
    })}`;
}

const width = 880;
const height = 260;

/** Two charts side by side: the latencies of both members, and what SE adds. */
function curvesOf({ part }: Sweep, timed: readonly OkCase[]) {
  const font = { color: "var(--muted)", fontFamily: "system-ui, sans-serif", fontSize: 12 };
  const rule = { lineStyle: { color: "var(--rule)" } };
  const axis = {
    axisLine: rule,
    splitLine: rule,
    nameTextStyle: font,
    nameLocation: "middle" as const,
    axisLabel: { ...font, formatter: formatTick },
  };
  const x = {
    ...axis,
    type: "value" as const,
    name: part === "imageSize" ? "height and width, px" : "images in a run",
    nameGap: 28,
    min: "dataMin",
    max: "dataMax",
    splitLine: { show: false },
  };
  const y = { ...axis, nameGap: 48 };
  // An interval that ends outside of the axis would not be drawn.
  const ends = timed.flatMap(({ overhead }) => overhead.interval ?? [overhead.ratio]).map(percent);
  return {
    animation: false,
    grid: [
      { left: 66, width: 350, top: 16, bottom: 46 },
      { left: 500, width: 350, top: 16, bottom: 46 },
    ],
    xAxis: [
      { ...x, gridIndex: 0 },
      { ...x, gridIndex: 1 },
    ],
    yAxis: [
      { ...y, gridIndex: 0, type: "log", name: "median, ms" },
      {
        ...y,
        gridIndex: 1,
        type: "value",
        name: "SE adds, %",
        min: Math.floor(Math.min(0, ...ends)),
        max: Math.ceil(Math.max(...ends)),
      },
    ],
    series: [
      curve(0, "plain", timed, part, ({ members }) => members.plain.latencyMs.p50),
      curve(0, "se", timed, part, ({ members }) => members.se.latencyMs.p50),
      {
        ...curve(1, "se", timed, part, ({ overhead }) => percent(overhead.ratio)),
        markLine: {
          silent: true,
          symbol: "none",
          data: timed.flatMap((record) => intervalOf(record, part)),
        },
      },
    ],
  };
}

const percent = (ratio: number) => 100 * (ratio - 1);

/** A curve of one figure over the points; a point whose output is wrong is not filled. */
function curve(
  chart: 0 | 1,
  member: "plain" | "se",
  timed: readonly OkCase[],
  part: Sweep["part"],
  figure: (record: OkCase) => number,
) {
  const color = `var(--${member})`;
  return {
    type: "line",
    silent: true,
    clip: false,
    xAxisIndex: chart,
    yAxisIndex: chart,
    symbol: "circle",
    symbolSize: 8,
    lineStyle: { color, width: 1.5 },
    data: timed.map((record) => ({
      value: [record[part], figure(record)],
      itemStyle: {
        color: parityHolds(record) ? color : "var(--ground, var(--paper))",
        borderColor: color,
        borderWidth: 2,
      },
    })),
  };
}

function intervalOf({ overhead, ...record }: OkCase, part: Sweep["part"]) {
  if (overhead.interval === null) return [];
  const [low, high] = overhead.interval.map(percent) as [number, number];
  const at = record[part];
  const lineStyle = { color: "var(--se)", type: "solid", width: 1.5 };
  return [[{ coord: [at, low], lineStyle, label: { show: false } }, { coord: [at, high] }]];
}
