import type { RunRecord } from "@sebench/results";
import { caseLabels, workLabel } from "../case/case-label.ts";
import { caseHeading, dataTable } from "../page/data-table.ts";
import { html, type Html, prose } from "../page/html.ts";
import type { Section } from "../page/section.ts";
import {
  placeCells,
  placeColumns,
  placedCases,
  placesGist,
  placesNote,
} from "../run/node-places.ts";
import { outcomesOf } from "../run/outcome.ts";
import {
  hostFacts,
  machineFacts,
  machineTitle,
  methodSteps,
  weightsFacts,
} from "../run/provenance.ts";
import { formatMoment } from "../text/format.ts";
import { details, escapeMarkdown, markdownTable } from "../text/markdown.ts";
import { oneLine } from "@sebench/spec";

/** The section of what failed or is unavailable, why, and what to do about it. */
export function notMeasuredSection(run: RunRecord): Section {
  const { failed, unavailable } = outcomesOf(run);
  const label = caseLabels(run.cases);
  const rows = [...failed, ...unavailable].map((record) => [
    caseHeading(label(record), workLabel(record)),
    record.status === "failed" ? html`<span class="bad">failed</span>` : "unavailable",
    prose(oneLine(record.reason)),
    record.remedy === null ? "–" : prose(oneLine(record.remedy)),
  ]);
  return {
    id: "not-measured",
    title: "What did not run",
    gist: notMeasuredGist(failed.length, unavailable.length),
    content:
      rows.length === 0
        ? html`<p>Every case ran.</p>`
        : dataTable({
            caption: "Cases without figures",
            columns: [
              { title: "Case", kind: "text" },
              { title: "Outcome", kind: "short" },
              { title: "Reason", kind: "text" },
              { title: "Remedy", kind: "text" },
            ],
            rows,
          }),
  };
}

function notMeasuredGist(failed: number, unavailable: number): Html {
  if (failed + unavailable === 0) return html`every case ran`;
  const bad = failed === 0 ? null : html`<span class="bad">${failed} failed</span>`;
  const rest = unavailable === 0 ? null : html`${unavailable} unavailable`;
  return html`${bad}${bad && rest ? ", " : null}${rest}, with reasons and remedies`;
}

/** The section that says where the nodes ran, or null where no evidence tells. */
export function placesSection(run: RunRecord): Section | null {
  const placed = placedCases(run);
  if (placed.length === 0) return null;
  const label = caseLabels(run.cases);
  return {
    id: "places",
    title: "Where the nodes went",
    gist: placesGist(placed),
    content: html`<p>${placesNote}</p>
      ${dataTable({
        caption: "Where the nodes of each case ran",
        columns: placeColumns.map(({ title, align }) => ({
          title,
          kind: align === "left" ? "text" : "number",
        })),
        rows: placed.map((each) =>
          placeCells(caseHeading(label(each.record), workLabel(each.record)), each),
        ),
      })}`,
  };
}

/** The blocks of Markdown that say where the nodes ran, folded away. */
export function placesBlocks(run: RunRecord): string[] {
  const placed = placedCases(run);
  if (placed.length === 0) return [];
  const label = caseLabels(run.cases);
  const rows = placed.map((each) =>
    placeCells(`${label(each.record)}: ${workLabel(each.record)}`, each).map(escapeMarkdown),
  );
  const table = markdownTable(placeColumns, rows);
  return [details(`Where the nodes went: ${placesGist(placed)}`, `${table}\n\n${placesNote}`)];
}

/** The section that says how the numbers came to be. */
export function methodSection(): Section {
  return {
    id: "method",
    title: "How the numbers came to be",
    gist: "paired rounds, replicas, an independent oracle, proven devices",
    content: html`<ol>
      ${methodSteps.map((step) => html`<li>${step}</li> `)}
    </ol>`,
  };
}

/** The section about the machine that the numbers were measured on. */
export function machineSection({ machine }: RunRecord): Section {
  return {
    id: "machine",
    title: "Machine",
    gist: machine.device ? machineTitle(machine) : `${machineTitle(machine)}, ${machine.os.name}`,
    content: factList(machineFacts(machine)),
  };
}

/** The section that says how to get the numbers again. */
export function reproduceSection(record: RunRecord): Section {
  const { run } = record;
  const commit = run.git && `${run.git.commit}${run.git.dirty ? ", with changes" : ""}`;
  return {
    id: "reproduce",
    title: "Run it again",
    gist: html`<code>${run.command}</code>`,
    content: html`<pre class="wrap">${run.command}</pre>
      ${factList([
        ["Started", formatMoment(run.started)],
        ["Finished", run.finished === null ? "not yet" : formatMoment(run.finished)],
        ["Profile", run.profile],
        ["Seed", String(run.seed)],
        ...weightsFacts(record),
        ...hostFacts(record.cases),
        ["sebench", commit ? `${run.sebench}, commit ${commit}` : run.sebench],
      ])}
      <p class="small muted">The raw samples stand in results.json beside this file.</p>`,
  };
}

function factList(facts: readonly (readonly [string, string])[]): Html {
  return html`<dl>
    ${facts.map(
      ([term, fact]) =>
        html`<dt>${term}</dt>
          <dd>${fact}</dd> `,
    )}
  </dl>`;
}
