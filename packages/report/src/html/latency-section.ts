import {
  type Interval,
  type MemberRecord,
  type OkCase,
  parityHolds,
  type RunRecord,
} from "@sebench/results";
import { caseLabels } from "../case-label.ts";
import { formatMs, formatMsWithin } from "../format.ts";
import { type Ranking, rankingsOf } from "../ranking.ts";
import { formatStep } from "../verdict.ts";
import { dataTable } from "./data-table.ts";
import { html, type Html } from "./html.ts";
import { type ChartRow, formatTick, rowChart } from "./row-chart.ts";

type Label = (record: OkCase) => string;

/** Beyond this many times between the fastest and the slowest, a linear axis hides the fast. */
const logarithmicFrom = 20;

/** Plain and SE side by side on each runtime, the fastest first. */
export function latencySection(run: RunRecord): Html | null {
  const rankings = rankingsOf(run);
  if (rankings.length === 0) return null;
  const label = caseLabels(run.cases);
  return html`<section id="latency">
    <h2>Latency</h2>
    <p>
      Median time of one run: upload, inference, and the logits back in the host's memory. The
      interval is of this process; runtimes are called different only where the medians of their
      replicas lie apart as well.
    </p>
    ${rankings.map((ranking, index) => latencyOf(ranking, label, index))}
  </section> `;
}

function latencyOf(ranking: Ranking, label: Label, index: number): Html {
  const { work, ranked, unranked } = ranking;
  const cases = [...ranked, ...unranked];
  const drawn = cases.filter(parityHolds);
  return html`<h3>${work}</h3>
    ${drawn.length < 2 ? null : latencyChart(work, drawn, label, index)}
    ${dataTable({
      caption: `Latency of ${work}; –: the samples do not carry that percentile`,
      columns: [
        { title: "Runtime", kind: "text" },
        { title: "Plain p50", kind: "number" },
        { title: "SE p50", kind: "number" },
        { title: "SE p90", kind: "number" },
        { title: "SE p99", kind: "number" },
        { title: "Rank", kind: "short" },
      ],
      rows: cases.map((record) => latencyRow(record, label(record), ranking)),
    })}`;
}

function latencyChart(work: string, cases: readonly OkCase[], label: Label, index: number): Html {
  const medians = cases.flatMap(({ members }) => [
    members.plain.latencyMs.p50,
    members.se.latencyMs.p50,
  ]);
  const logarithmic = Math.max(...medians) / Math.min(...medians) > logarithmicFrom;
  return rowChart({
    id: `latency-chart-${index}`,
    title: `Latency of ${work}`,
    description: `Median latency without and with SE on ${cases.map(label).join(", ")}; the figures stand beside the marks.`,
    caption: `Ring: plain; point: SE.${logarithmic ? " The axis is logarithmic." : ""}`,
    rows: cases.map((record) => latencyLine(record, label(record))),
    axis: {
      scale: logarithmic ? "log" : "linear",
      reference: logarithmic ? null : 0,
      format: (value) => `${formatTick(value)} ms`,
    },
  });
}

function latencyLine(record: OkCase, name: string): ChartRow {
  const { plain, se } = record.members;
  const span: Interval = [plain.latencyMs.p50, se.latencyMs.p50];
  return {
    label: record.attestation.software ? `${name} (software)` : name,
    value: formatStep(record),
    line: span,
    bar: null,
    marks: [
      { at: span[0], shape: "open" },
      { at: span[1], shape: "filled" },
    ],
  };
}

function latencyRow(record: OkCase, name: string, ranking: Ranking): (string | Html)[] {
  const { plain, se } = record.members;
  return [
    name,
    medianOf(plain),
    medianOf(se),
    percentile(se.latencyMs.p90, se.latencyMs.p90Interval),
    percentile(se.latencyMs.p99, se.latencyMs.p99Interval),
    rankOf(record, ranking),
  ];
}

function medianOf({ latencyMs }: MemberRecord): string {
  return formatMsWithin(latencyMs.p50, latencyMs.p50Interval);
}

function percentile(ms: number | null, interval: Interval | null): string {
  return ms === null ? "–" : formatMs(ms, interval);
}

function rankOf(record: OkCase, { ranked, fastest }: Ranking): string | Html {
  if (!parityHolds(record)) return html`<span class="bad">none: wrong output</span>`;
  if (record.attestation.software) return "none: software GPU";
  if (!fastest.includes(record)) return String(ranked.indexOf(record) + 1);
  return fastest.length === 1 ? "1" : "1, tied";
}
