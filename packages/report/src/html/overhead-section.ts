import type { OkCase, RunRecord } from "@sebench/results";
import { formatNumberOf, formatOverheadWithin } from "../format.ts";
import { caseLabels } from "../case-label.ts";
import { outcomesOf } from "../outcome.ts";
import { rankingsOf } from "../ranking.ts";
import { html, type Html } from "./html.ts";
import { type ChartRow, formatTick, rowChart } from "./row-chart.ts";

/** The overhead of every case whose output is right, with its interval. */
export function overheadSection(run: RunRecord): Html | null {
  const { right, wrong } = outcomesOf(run);
  if (right.length === 0) return null;
  const label = caseLabels(run.cases);
  const charts = rankingsOf(run).map(({ work, ranked, unranked }, index) => {
    const cases = [...ranked, ...unranked.filter((record) => right.includes(record))];
    return cases.length === 0 ? html`` : overheadChart(work, cases, label, index);
  });
  return html`<section id="overhead">
    <h2>What SE adds to the latency</h2>
    <p>
      Latency with SE over latency without, less 1, from rounds that measured both. Point: the case.
      Line: its 95 % interval. Ring: one replica, so no interval. Strong line: no difference. Each
      network has a scale of its own.
    </p>
    ${charts}
    ${wrong.length === 0 ? null : html`<p class="small muted">Left out, because the output is wrong: ${wrong.map(label).join(", ")}.</p>`}
  </section> `;
}

function overheadChart(
  work: string,
  cases: readonly OkCase[],
  label: (record: OkCase) => string,
  index: number,
): Html {
  const ascending = cases.toSorted((a, b) => a.overhead.ratio - b.overhead.ratio);
  return html`<h3>${work}</h3>
    ${rowChart({
      id: `overhead-chart-${index}`,
      title: `Overhead of ${work}`,
      description: `A point and its 95 % interval for ${formatNumberOf(cases.length, "runtime", "runtimes")}; the figures stand beside the marks.`,
      caption: null,
      rows: ascending.map((record) => overheadRow(record, label(record))),
      axis: { scale: "linear", reference: 0, format: (value) => `${formatTick(value)} %` },
    })}`;
}

function overheadRow(record: OkCase, name: string): ChartRow {
  const { ratio, interval } = record.overhead;
  const toPercent = (value: number) => (value - 1) * 100;
  return {
    label: record.attestation.software ? `${name} (software)` : name,
    value: formatOverheadWithin(ratio, interval),
    line: interval === null ? null : [toPercent(interval[0]), toPercent(interval[1])],
    bar: null,
    marks: [{ at: toPercent(ratio), shape: interval === null ? "open" : "filled" }],
  };
}
