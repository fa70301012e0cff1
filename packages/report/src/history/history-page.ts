import type { Series } from "@sebench/results";
import { runtimeName, workName } from "../case-name.ts";
import { formatNumberOf, formatOverheadWithin } from "../format.ts";
import { html, type Html } from "../html/html.ts";
import { htmlPage } from "../html/html-page.ts";
import { notesOf } from "./history-table.ts";
import { trendChart } from "./trend-chart.ts";

/** Every case's overhead over time, on one page that needs nothing but itself. */
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
