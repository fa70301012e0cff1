import type { EvaluationRecord } from "@sebench/results";
import { dataTable } from "../page/data-table.ts";
import { htmlPage } from "../page/html-page.ts";
import { html } from "../page/html.ts";
import { formatImages } from "../text/format.ts";
import { codeSpan, escapeMarkdown, markdownTable } from "../text/markdown.ts";
import { oneLine } from "@sebench/spec";
import { type TerminalOptions, textRow, textTable, wrapText } from "../text/text-table.ts";
import { evaluationColumns, evaluationContent, shortColumns } from "./content.ts";

const explanation =
  "Top-1 and top-5 with Wilson's 95 % interval. Beside the oracle, and beside the first runtime of " +
  "the table, stands on how many images the largest logit is of the same class, and on how many " +
  "only this runtime is right (won) or only the other (lost); p is that of McNemar's exact test.";

export function evaluationMarkdown(record: EvaluationRecord): string {
  const { title, sentences, rows, facts, notes, commands } = evaluationContent(record);
  const cells = rows.map((row) => row.map(escapeMarkdown));
  const parts = [
    `# ${escapeMarkdown(title)}`,
    ...sentences.map(escapeMarkdown),
    markdownTable(evaluationColumns, cells),
    explanation,
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${escapeMarkdown(note)}`).join("\n")]),
    facts.map(([term, fact]) => `- ${escapeMarkdown(term)}: ${escapeMarkdown(fact)}`).join("\n"),
    commands.map(codeSpan).join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}

export function evaluationHtml(record: EvaluationRecord): string {
  const { title, sentences, rows, facts, notes, commands } = evaluationContent(record);
  const columns = evaluationColumns.map(({ title: name, align }, index) => ({
    title: name,
    kind:
      index === 0
        ? ("text" as const)
        : align === "right"
          ? ("number" as const)
          : ("short" as const),
  }));
  return htmlPage(
    title,
    html`<header><h1>${title}</h1></header>
      <main>
        <section>
          ${sentences.map((sentence) => html`<p>${sentence}</p> `)}
          ${dataTable({ caption: `${formatImages(record.labels.length)} images, by runtime`, columns, rows })}
          <p class="muted">${explanation}</p>
          ${
            notes.length === 0
              ? null
              : html`<ul>
                  ${notes.map((note) => html`<li>${note}</li> `)}
                </ul>`
          }
        </section>
        <section>
          <h2>Run it again</h2>
          ${commands.map((command) => html`<pre class="wrap">${command}</pre> `)}
          <dl>
            ${facts.map(
              ([term, fact]) =>
                html`<dt>${term}</dt>
                  <dd>${fact}</dd> `,
            )}
          </dl>
        </section>
      </main>`,
  );
}

export function evaluationTable(record: EvaluationRecord, { width }: TerminalOptions): string {
  const { title, sentences, shortRows, notes } = evaluationContent(record);
  const cells = shortRows.map((row) => row.map((text) => ({ text })));
  const table =
    textTable(shortColumns, cells, { width, paintTitle: (text) => text }) ??
    shortRows.map(textRow).join("\n");
  const lines = [...sentences, ...notes].map((line) => wrapText(line, width, "  "));
  return [oneLine(title), "", table, "", ...lines].join("\n");
}
