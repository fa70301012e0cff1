import type { ExplanationRecord } from "@sebench/results";
import { formatMoment, formatMs, formatMsWithin } from "../format.ts";
import { dataTable } from "../html/data-table.ts";
import { html, type Html } from "../html/html.ts";
import { htmlPage } from "../html/html-page.ts";
import { prose } from "../html/prose.ts";
import {
  type ExplanationContent,
  explanationContent,
  explanations,
  shareColumns,
} from "./explanation-content.ts";
import { type Share, shareNames, sharesOf } from "./share.ts";
import { explanationStyle } from "./share-colours.ts";
import { letterAt, paintOf, type Segment, stackedBars } from "./stacked-bars.ts";

/** A bar of what the overhead is made up of, for the run and for each stage. */
export function explanationHtml(record: ExplanationRecord): string {
  const content = explanationContent(record);
  const body = html`<header>
      <h1>${content.title}</h1>
      <p class="muted">
        ${record.network} · ${record.imageSize} px · batch ${record.batch} · ${record.lowering} ·
        ${formatMoment(record.run.started)}
      </p>
    </header>
    <main>
      ${content.sentences.map((sentence) => html`<p>${prose(sentence)}</p> `)}
      ${partsSection(record, content)} ${stagesSection(record, content)}
      ${provenanceSection(record, content)}
    </main>`;
  return htmlPage(`sebench: ${content.title}`, body, explanationStyle);
}

function partsSection(record: ExplanationRecord, { rows }: ExplanationContent): Html {
  const shares = sharesOf(record);
  const { ms, interval } = record.measured;
  return html`<section id="parts">
    <h2>By part</h2>
    <p>
      In milliseconds of a run. What adds time goes on to the right of 0, what saves time to the
      left; together they are what was measured, whose 95 % interval is the line beneath the bar.
    </p>
    ${legend(shares)}
    ${stackedBars(
      [{ label: "SE − plain", value: formatMsWithin(ms, interval), segments: shares, interval }],
      {
        id: "parts-chart",
        title: "What the overhead is made up of",
        description: "A bar of the parts that the table beneath has in figures.",
      },
    )}
    ${dataTable({ caption: "Part by part", columns: columnsOf(shareColumns), rows })}
    ${explanations.map((text) => html`<p class="small muted">${text}</p> `)}
  </section> `;
}

function legend(shares: readonly Share[]): Html {
  const items = shares.map(({ kind, ms, interval }) => {
    const box = html`<rect x="1" y="1" width="16" height="16" ${paintOf(kind)} />`;
    const drawing = html`${box} ${letterAt(kind, 9, 13)}`;
    const text = `${shareNames[kind]} ${formatMs(ms, interval)}`;
    return html`<li><svg viewBox="0 0 18 18" aria-hidden="true">${drawing}</svg>${text}</li> `;
  });
  return html`<ul class="legend">
    ${items}
  </ul>`;
}

function stagesSection(record: ExplanationRecord, { stages }: ExplanationContent): Html {
  const kinds = sharesOf(record).flatMap(({ kind }) =>
    kind === "around" || kind === "unexplained" ? [] : [kind],
  );
  return html`<section id="stages">
    <h2>By stage</h2>
    <p>
      A kernel that is of no node counts for the stage of the one before it. What happens around the
      kernels, and what is unexplained, is of no stage.
    </p>
    ${stackedBars(
      record.stages.map(({ stage, ms, interval, parts }) => ({
        label: stage === null ? "outside the stages" : `stage ${stage}`,
        value: formatMsWithin(ms, interval),
        segments: kinds.map((kind): Segment => ({ kind, ms: parts[kind] })),
        interval,
      })),
      {
        id: "stages-chart",
        title: "What each stage adds",
        description: "A bar for each stage, of the parts that the table beneath has in figures.",
      },
    )}
    ${dataTable({ caption: "Stage by stage", columns: columnsOf(stages.columns), rows: stages.rows })}
  </section> `;
}

function columnsOf(
  columns: readonly { readonly title: string; readonly align: "left" | "right" }[],
) {
  return columns.map(({ title, align }) => ({
    title,
    kind: align === "right" ? ("number" as const) : ("text" as const),
  }));
}

function provenanceSection({ run }: ExplanationRecord, { facts }: ExplanationContent): Html {
  return html`<section id="reproduce">
    <h2>Run it again</h2>
    <pre class="wrap">${run.command}</pre>
    <dl>
      ${facts.map(
        ([term, fact]) =>
          html`<dt>${term}</dt>
            <dd>${fact}</dd> `,
      )}
    </dl>
  </section>`;
}
