import {
  type Interval,
  type OkCase,
  parityHolds,
  type RanCase,
  type RunRecord,
} from "@sebench/results";
import { caseNames, caseLabels } from "../case/case-label.ts";
import { caseHeading, dataTable } from "../page/data-table.ts";
import { html, type Html, prose } from "../page/html.ts";
import type { Section } from "../page/section.ts";
import { extentOf, type Track, trackChart } from "../page/track-chart.ts";
import { adviceOf, type Headline, headlinesOf } from "../run/headline.ts";
import { rankingsOf } from "../run/ranking.ts";
import {
  type SoftwareRow,
  softwareCases,
  softwareRow,
  untimedSentences,
} from "../run/software-gpu.ts";
import {
  formatStep,
  incompleteness,
  nothingTimed,
  tally,
  wrongUntimedSentences,
} from "../run/verdict.ts";
import { formatNumberOf, formatTick } from "../text/format.ts";
import { costTrack } from "./cost-track.ts";

/** The first screen: for each network a sentence, a chart, and the browser against Node. */
export function glance(run: RunRecord): Html {
  const note = incompleteness(run);
  const headlines = headlinesOf(run);
  const advice = adviceOf(headlines);
  return html`<div id="answer">
    ${note === null ? null : html`<p class="notice">${note}</p>`}
    ${
      headlines.length === 0
        ? html`<p>${nothingTimed(run)}</p>`
        : html`<ul class="answers">
            ${headlines.map((headline) => card(headline, run))}
          </ul>`
    }
    ${wrongUntimedSentences(run).map((sentence) => html`<p class="bad">${prose(sentence)}</p> `)}
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

/** The factor between the fastest and the slowest beyond which a linear axis hides the fast. */
const logarithmicFrom = 20;

/** A chart of the latency and the cost of SE of each case, in the order of the cases. */
function speedAndCostChart(
  work: string,
  cases: readonly OkCase[],
  strong: readonly OkCase[],
  run: RunRecord,
): Html {
  const nameOf = caseNames(run.cases);
  const latencies = cases.map(latencyTrack);
  const costs = cases.map(costTrack);
  const [least, most] = extentOf(latencies, null);
  const logarithmic = most / least > logarithmicFrom;
  return trackChart({
    caption: `Latency and cost of SE: ${work}`,
    first: "Runtime",
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
        extent: extentOf(costs, 0),
        reference: 0,
        format: (value) => `${formatTick(value)} %`,
      },
    ],
    rows: cases.map((record, index) => {
      const { place, notes } = nameOf(record);
      return {
        name: place,
        notes: notes.join(", "),
        strong: strong.includes(record),
        tracks: [latencies[index]!, costs[index]!],
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
    bar: null,
    marks: [
      { at: span[0], shape: "open" },
      { at: span[1], shape: "filled" },
    ],
  };
}

/** The section about GPUs that the CPU plays, or null where none ran. */
export function softwareSection(run: RunRecord): Section | null {
  const cases = softwareCases(run);
  if (cases.length === 0) return null;
  const label = caseLabels(run.cases);
  return {
    id: "software",
    title: "Software GPUs",
    gist: gistOf(cases),
    content: html`<p>
        The browser or the engine drew on a GPU that the CPU played. That proves two things: the
        output on this kind of device is right, and the work went to that device and to no other.
        The times are those of a CPU and say nothing of a GPU, so they are not ranked.
      </p>
      ${dataTable({
        caption: "What software GPUs prove, and the first run of plain and of SE",
        columns: [
          { title: "Runtime", kind: "text" },
          { title: "Proven device", kind: "short" },
          { title: "Played by", kind: "text" },
          { title: "Parity", kind: "short" },
          { title: "First run, plain", kind: "number" },
          { title: "First run, SE", kind: "number" },
          { title: "Prepared first", kind: "short" },
        ],
        rows: cases.map((record) => softwareCells(softwareRow(record, label))),
      })}
      <p class="small muted">
        The member that is prepared first pays for what both need, such as shaders, so its first run
        is usually the longer one.
      </p>
      ${untimedSentences(cases).map((sentence) => html`<p>${prose(sentence)}</p> `)}
      ${rankingsOf(run).flatMap(({ work, unranked }) => softwareChart(work, unranked, run) ?? [])}`,
  };
}

function gistOf(cases: readonly RanCase[]): Html {
  const wrong = cases.filter((record) => !parityHolds(record)).length;
  const proven = `${formatNumberOf(cases.length, "case proves", "cases prove")} parity and device`;
  const timed = cases.some(({ status }) => status === "ok");
  return html`${
    wrong === 0
      ? proven
      : html`<span class="bad"
          >parity fails in ${wrong} of ${formatNumberOf(cases.length, "case", "cases")}</span
        >`
  };
  ${timed ? "their times are a CPU’s" : "not timed"}`;
}

function softwareCells({
  runtime,
  work,
  device,
  playedBy,
  parity,
  right,
  firstRun,
  preparedFirst,
}: SoftwareRow): (string | Html)[] {
  return [
    caseHeading(runtime, work),
    device,
    playedBy,
    html`<span class="${right ? "good" : "bad"}">${parity}</span>`,
    firstRun.plain,
    firstRun.se,
    preparedFirst,
  ];
}

/** The chart of those cases of a work on software GPUs that were timed, or null where none was. */
function softwareChart(work: string, unranked: readonly OkCase[], run: RunRecord): Html | null {
  const right = unranked
    .filter((record) => record.attestation.software && parityHolds(record))
    .toSorted((a, b) => a.members.se.latencyMs.p50 - b.members.se.latencyMs.p50);
  if (right.length === 0) return null;
  return html`<h3>${work}</h3>
    ${speedAndCostChart(`${work}, on software GPUs`, right, [], run)}`;
}
