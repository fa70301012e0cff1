import { type Interval, type OkCase, type RunRecord } from "@sebench/results";
import { caseNames } from "../case-label.ts";
import { formatOverheadWithin } from "../format.ts";
import { adviceOf, type Headline, headlinesOf } from "../headline.ts";
import { formatStep, incompleteness, tally } from "../verdict.ts";
import { html, type Html } from "./html.ts";
import { prose } from "./prose.ts";
import { formatTick } from "./row-chart.ts";
import { type Track, trackChart } from "./track-chart.ts";

/** The first screen: for each network a sentence, a chart, and the browser against Node. */
export function glance(run: RunRecord): Html {
  const note = incompleteness(run);
  const headlines = headlinesOf(run);
  const advice = adviceOf(headlines);
  return html`<div id="answer">
    ${note === null ? null : html`<p class="notice">${note}</p>`}
    ${
      headlines.length === 0
        ? html`<p>Nothing could be measured.</p>`
        : html`<ul class="answers">
            ${headlines.map((headline) => card(headline, run))}
          </ul>`
    }
    <p class="small muted">
      Figures in brackets are 95 % intervals. ${advice === null ? null : prose(advice)}
      ${tally(run)}. <a href="#not-measured">What did not run, and why</a>
    </p>
  </div> `;
}

function card(headline: Headline, run: RunRecord): Html {
  const { ranking, fastest, cost, browser, warnings } = headline;
  return html`<li>
    <h2>${ranking.work}</h2>
    <p class="headline">
      <strong>${prose(fastest)}</strong>${cost === null ? null : html` ${prose(cost)}`}
    </p>
    ${warnings.map((warning) => html`<p class="bad">${prose(warning)}</p> `)}
    ${ranking.ranked.length === 0 ? null : speedAndCostChart(ranking.work, ranking.ranked, ranking.fastest, run)}
    ${browser === null ? null : html`<p class="versus"><strong>Browser against Node:</strong> ${prose(browser)}</p>`}
  </li> `;
}

/** Beyond this many times between the fastest and the slowest, a linear axis hides the fast. */
const logarithmicFrom = 20;

/** The latency and the cost of SE for each case, in the order in which they are given. */
export function speedAndCostChart(
  work: string,
  cases: readonly OkCase[],
  strong: readonly OkCase[],
  run: RunRecord,
): Html {
  const nameOf = caseNames(run.cases);
  const latencies = cases.flatMap((record) => latencyTrack(record).marks.map(({ at }) => at));
  const costs = cases.flatMap((record) => {
    const { line, marks } = costTrack(record);
    return [...marks.map(({ at }) => at), ...(line ?? [])];
  });
  const most = Math.max(...latencies);
  const least = Math.min(...latencies);
  const logarithmic = most / least > logarithmicFrom;
  return trackChart({
    caption: `Latency and cost of SE: ${work}`,
    axes: [
      {
        title: `Median latency: ○ plain → ● SE${logarithmic ? " (logarithmic axis)" : ""}`,
        scale: logarithmic ? "log" : "linear",
        extent: logarithmic ? [least / 1.2, most * 1.2] : [0, most],
        reference: logarithmic ? null : 0,
        format: (value) => `${formatTick(value)} ms`,
      },
      {
        title: `What SE costs: ● with its 95 % interval${cases.some(({ overhead }) => overhead.interval === null) ? ", ○ without one" : ""}`,
        scale: "linear",
        extent: [Math.min(0, ...costs), Math.max(0, ...costs)],
        reference: 0,
        format: (value) => `${formatTick(value)} %`,
      },
    ],
    rows: cases.map((record) => {
      const { place, notes } = nameOf(record);
      return {
        name: place,
        notes: notes.join(", "),
        strong: strong.includes(record),
        tracks: [latencyTrack(record), costTrack(record)],
      };
    }),
  });
}

function latencyTrack(record: OkCase): Track {
  const { plain, se } = record.members;
  const span: Interval = [plain.latencyMs.p50, se.latencyMs.p50];
  return {
    value: formatStep(record).replace(" ms →", " →"),
    line: span,
    marks: [
      { at: span[0], shape: "open" },
      { at: span[1], shape: "filled" },
    ],
  };
}

function costTrack({ overhead: { ratio, interval } }: OkCase): Track {
  const toPercent = (value: number) => (value - 1) * 100;
  return {
    value: formatOverheadWithin(ratio, interval),
    line: interval === null ? null : [toPercent(interval[0]), toPercent(interval[1])],
    marks: [{ at: toPercent(ratio), shape: interval === null ? "open" : "filled" }],
  };
}
