import type { ExplanationRecord } from "@sebench/results";
import { dataTable } from "../page/data-table.ts";
import { htmlPage } from "../page/html-page.ts";
import { html, type Html, prose } from "../page/html.ts";
import { formatMoment, formatMs, formatMsWithin } from "../text/format.ts";
import {
  type ExplanationContent,
  explanationContent,
  explanations,
  shareColumns,
} from "./content.ts";
import { type Share, shareNames, sharesOf, type ShareKind, stageWord, capital } from "./share.ts";
import { letterAt, paintOf, type Segment, stackedBars } from "./stacked-bars.ts";

/**
 * The page of an explanation: bars of what the overhead is made up of, for the run and for each
 * stage.
 */
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
  const word = stageWord(record);
  return html`<section id="stages">
    <h2>By ${word}</h2>
    <p>
      A kernel that is of no node counts for the ${word} of the one before it. What happens around
      the kernels, and what is unexplained, is of no ${word}.
    </p>
    ${stackedBars(
      record.stages.map(({ stage, ms, interval, parts }) => ({
        label: stage === null ? `outside the ${word}s` : `${word} ${stage}`,
        value: formatMsWithin(ms, interval),
        segments: kinds.map((kind): Segment => ({ kind, ms: parts[kind] })),
        interval,
      })),
      {
        id: "stages-chart",
        title: `What each ${word} adds`,
        description: `A bar for each ${word}, of the parts that the table beneath has in figures.`,
      },
    )}
    ${dataTable({ caption: `${capital(word)} by ${word}`, columns: columnsOf(stages.columns), rows: stages.rows })}
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

/**
 * The colours of the segments of a bar in the light and the dark theme, each readable on the paper
 * and under its letters (WCAG AA, 4.5). Colours alone do not tell ten parts apart, so a segment
 * also has a letter. What is unexplained has no colour of its own.
 */
export const shareColours: Readonly<
  Record<Exclude<ShareKind, "unexplained">, { readonly light: string; readonly dark: string }>
> = {
  squeeze: { light: "#0067a3", dark: "#56b4e9" },
  excite: { light: "#9c4480", dark: "#e79bc6" },
  scale: { light: "#00734f", dark: "#35d0a2" },
  fusions: { light: "#b34600", dark: "#ff9d4d" },
  layout: { light: "#a3261d", dark: "#ff8f82" },
  copies: { light: "#5a48b0", dark: "#b3a6ff" },
  trunk: { light: "#565c66", dark: "#a4abb5" },
  other: { light: "#6b5a00", dark: "#d9c04a" },
  around: { light: "#2f6470", dark: "#7fc4d1" },
};

const variables = (theme: "light" | "dark") =>
  Object.entries(shareColours)
    .map(([kind, colour]) => `--${kind}: ${colour[theme]};`)
    .join(" ");

/** The style of the explanation's page, beside the one that all pages share. */
const explanationStyle = `
:root { ${variables("light")} }
@media (prefers-color-scheme: dark) { :root { ${variables("dark")} } }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; font-size: .875rem; max-width: none; }
.legend svg { width: 1.1rem; height: 1.1rem; margin-right: .4rem; vertical-align: text-bottom; }
`;
