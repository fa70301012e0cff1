import type { SoakRecord, SoakRow } from "@sebench/results";
import { caseHeading, dataTable } from "../page/data-table.ts";
import { htmlPage } from "../page/html-page.ts";
import { html, type Html, prose } from "../page/html.ts";
import { drawSvg } from "../page/svg-drawing.ts";
import { machineFacts } from "../run/provenance.ts";
import { formatMoment, formatTick } from "../text/format.ts";
import { rowName, soakColumns, soakContent, soakedOf, soakNotes } from "./content.ts";

/** The page of a soak: its table, and for each session how memory and latency went. */
export function soakHtml(record: SoakRecord): string {
  const { title, sentences, rows } = soakContent(record);
  const body = html`<header>
      <h1>${title}</h1>
      <p class="muted">${formatMoment(record.run.started)}</p>
    </header>
    <main>
      ${sentences.map((sentence) => html`<p>${prose(sentence)}</p> `)}
      ${dataTable({
        caption: "Session by session",
        // What ran stands beneath the runtime, so that the table fits a screen.
        columns: soakColumns
          .filter((_, column) => column !== 1)
          .map(({ title: column, align }) => ({
            title: column,
            kind: align === "right" ? ("number" as const) : ("text" as const),
          })),
        rows: rows.map((row) =>
          [caseHeading(row[0]!, row[1]!) as string | Html].concat(row.slice(2)),
        ),
      })}
      ${soakNotes.map((note) => html`<p class="small muted">${note}</p> `)}
      ${record.rows.map(sessionSection)}
      <section id="reproduce">
        <h2>Run it again</h2>
        <pre class="wrap">${record.run.command}</pre>
        <dl>
          ${machineFacts(record.machine).map(
            ([term, fact]) =>
              html`<dt>${term}</dt>
                <dd>${fact}</dd> `,
          )}
        </dl>
      </section>
    </main>`;
  return htmlPage(`sebench: ${title}`, body);
}

function sessionSection(row: SoakRow, index: number): Html {
  const found = soakedOf(row);
  if (found === null || found.latency === null) return html``;
  const name = rowName(row);
  const { readings } = found.memory;
  const memory = readings.map(({ run, residentBytes, proportionalBytes }): Point => [
    run,
    (proportionalBytes ?? residentBytes) / 2 ** 20,
  ]);
  const latency = found.latency.windows.map(({ run, medianMs }): Point => [run, medianMs]);
  return html`<section id="session-${index}">
    <h2>${name}</h2>
    ${
      memory.length === 0
        ? html`<p>The system tells no memory here.</p>`
        : lineChart(memory, { id: `memory-${index}`, title: `Memory of ${name}`, unit: "MiB" })
    }
    ${lineChart(latency, { id: `latency-${index}`, title: `Median time of a run of ${name}`, unit: "ms" })}
  </section> `;
}

type Point = readonly [run: number, value: number];

interface LineChart {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
}

const size = { width: 880, height: 180 };
const grid = { left: 72, right: 16, top: 16, bottom: 28 };

function lineChart(points: readonly Point[], { id, title, unit }: LineChart): Html {
  const font = { color: "var(--muted)", fontFamily: "system-ui, sans-serif", fontSize: 12 };
  const [first, last] = [points[0]!, points.at(-1)!];
  const axis = (formatter: (value: number) => string) => ({
    type: "value" as const,
    axisLine: { lineStyle: { color: "var(--rule)" } },
    axisLabel: { ...font, formatter },
    splitLine: { lineStyle: { color: "var(--rule)" } },
  });
  const option = {
    animation: false,
    grid,
    xAxis: { ...axis((run) => `run ${formatTick(run)}`), min: 0, splitLine: { show: false } },
    yAxis: { ...axis((value) => `${formatTick(value)} ${unit}`), scale: true, splitNumber: 3 },
    series: [
      {
        type: "line",
        silent: true,
        symbol: "circle",
        symbolSize: 5,
        itemStyle: { color: "var(--se)" },
        lineStyle: { color: "var(--se)", width: 1 },
        data: points,
      },
    ],
  };
  const digits = (value: number) => `${Number(value.toPrecision(3))} ${unit}`;
  const description = `From ${digits(first[1])} at run ${first[0]} to ${digits(last[1])} at run ${last[0]}.`;
  const drawing = drawSvg(option, { id, className: "trend", title, description, ...size });
  return html`<figure>
    <figcaption>${title}</figcaption>
    ${drawing}
  </figure> `;
}
