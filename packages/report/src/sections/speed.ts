import {
  type Interval,
  type MemberRecord,
  type OkCase,
  parityHolds,
  type RunRecord,
} from "@sebench/results";
import { caseLabels, caseNames } from "../case/case-label.ts";
import { dataTable } from "../page/data-table.ts";
import { html, type Html, prose } from "../page/html.ts";
import type { Section } from "../page/section.ts";
import { extentOf, trackChart } from "../page/track-chart.ts";
import { outcomesOf } from "../run/outcome.ts";
import { type Ranking, rankingsOf } from "../run/ranking.ts";
import { type Verdict, verdictsOf } from "../run/verdict.ts";
import {
  formatMs,
  formatMsWithin,
  formatNumberOf,
  formatOverhead,
  formatRate,
  formatTick,
} from "../text/format.ts";
import { costTrack } from "./cost-track.ts";

type Label = (record: OkCase) => string;
type NameOf = ReturnType<typeof caseNames>;

/** The section with the overhead of every ranked case. */
export function overheadSection(run: RunRecord): Section | null {
  const { right, wrong } = outcomesOf(run);
  if (right.length === 0) return null;
  const label = caseLabels(run.cases);
  const nameOf = caseNames(run.cases);
  const rankings = rankingsOf(run);
  const verdicts = verdictsOf(run);
  const ranked = rankings.flatMap((ranking) => ranking.ranked);
  return {
    id: "overhead",
    title: "What SE adds to the latency",
    gist: costRange(ranked),
    content: html`<p>
        Latency with SE over latency without, less 1, from rounds that measured both. Point: the
        case. Line: its 95 % interval. Ring: one replica, so no interval. Strong line: no
        difference. Each network has a scale of its own.
      </p>
      ${rankings.map((ranking, index) => overheadOf(ranking, verdicts[index]!, nameOf))}
      ${wrong.length === 0 ? null : html`<p class="small muted">Left out, because the output is wrong: ${wrong.map(label).join(", ")}.</p>`}`,
  };
}

/** The least and the greatest overhead in a few words: `from −1.0 % to +46 % in 12 cases`. */
function costRange(ranked: readonly OkCase[]): string {
  const [least, most] = extremesOf(ranked, ({ overhead }) => overhead.ratio);
  if (!least || !most) return "nothing can be ranked";
  const [low, high] = [least, most].map(({ overhead: { ratio, interval } }) =>
    formatOverhead(ratio, interval),
  );
  const cases = formatNumberOf(ranked.length, "case", "cases");
  return low === high ? `${low} in ${cases}` : `from ${low} to ${high} in ${cases}`;
}

function extremesOf(
  cases: readonly OkCase[],
  of: (record: OkCase) => number,
): readonly [OkCase | undefined, OkCase | undefined] {
  const ascending = cases.toSorted((a, b) => of(a) - of(b));
  return [ascending[0], ascending.at(-1)];
}

function overheadOf({ work, ranked }: Ranking, verdict: Verdict, nameOf: NameOf): Html {
  const ascending = ranked.toSorted((a, b) => a.overhead.ratio - b.overhead.ratio);
  const tracks = ascending.map(costTrack);
  return html`<h3>${work}</h3>
    ${[verdict.cost, ...verdict.noise].map((sentence) => html`<p>${prose(sentence)}</p> `)}
    ${
      ranked.length === 0
        ? null
        : trackChart({
            caption: `Overhead of ${work}`,
            first: "Runtime",
            axes: [
              {
                title: "SE adds",
                scale: "linear",
                extent: extentOf(tracks, 0),
                reference: 0,
                format: (value) => `${formatTick(value)} %`,
              },
            ],
            rows: ascending.map((record, index) => {
              const { place, notes } = nameOf(record);
              return {
                name: place,
                notes: notes.join(", "),
                strong: false,
                tracks: [tracks[index]!],
              };
            }),
          })
    }`;
}

/** The section with the percentiles of plain and SE on each runtime, the fastest first. */
export function latencySection(run: RunRecord): Section | null {
  const rankings = rankingsOf(run);
  if (rankings.length === 0) return null;
  const label = caseLabels(run.cases);
  const verdicts = verdictsOf(run);
  return {
    id: "latency",
    title: "Latency",
    gist: "medians with intervals, 90th and 99th percentiles, and ranks",
    content: html`<p>
        Median time of one run: upload, inference, and the logits back in the host's memory. The
        interval is of this process; runtimes are called different only where the medians of their
        replicas lie apart as well.
      </p>
      ${rankings.map((ranking, index) => latencyOf(ranking, verdicts[index]!, label))}`,
  };
}

function latencyOf(ranking: Ranking, { speed, unranked }: Verdict, label: Label): Html {
  const { work } = ranking;
  return html`<h3>${work}</h3>
    ${[...speed, ...unranked].map((sentence) => html`<p>${prose(sentence)}</p> `)}
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
      rows: [...ranking.ranked, ...ranking.unranked].map((record) =>
        latencyRow(record, label(record), ranking),
      ),
    })}`;
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

/** The section with the images a second at each batch size. */
export function throughputSection(run: RunRecord): Section | null {
  const ok = run.cases.filter((record) => record.status === "ok").filter(parityHolds);
  if (ok.length === 0) return null;
  const label = caseLabels(run.cases);
  const batches = [...new Set(ok.map(({ batch }) => batch))].toSorted((a, b) => a - b);
  const nameOf = (record: OkCase) =>
    `${record.network}, ${record.imageSize} px on ${label(record)}`;
  const names = [...new Set(ok.map(nameOf))];
  const [, most] = extremesOf(ok, ({ members }) => members.se.imagesPerSecond);
  return {
    id: "throughput",
    title: "Throughput",
    gist: `at most ${formatRate(most!.members.se.imagesPerSecond)} images/s with SE: ${most!.network} on ${label(most!)}`,
    content: dataTable({
      caption: "Images a second: plain → SE, from the median latency",
      columns: [
        { title: "Network and runtime", kind: "text" },
        ...batches.map((batch) => ({ title: `Batch ${batch}`, kind: "number" as const })),
      ],
      rows: names.map((name) =>
        throughputRow(
          name,
          batches.map((batch) =>
            ok.find((record) => nameOf(record) === name && record.batch === batch),
          ),
        ),
      ),
    }),
  };
}

function throughputRow(name: string, byBatch: readonly (OkCase | undefined)[]): string[] {
  return [name, ...byBatch.map(rateOf)];
}

function rateOf(record: OkCase | undefined): string {
  if (!record) return "–";
  const { plain, se } = record.members;
  return `${formatRate(plain.imagesPerSecond)} → ${formatRate(se.imagesPerSecond)}`;
}
