import type { RunRecord } from "@sebench/results";
import { formatMoment } from "../format.ts";
import { machineFacts } from "../machine-facts.ts";
import { methodSteps } from "../method.ts";
import { weightsFacts } from "../weights-facts.ts";
import { html, type Html } from "./html.ts";

/** How the numbers came to be, on what, and how to get them again. */
export function provenanceSection(record: RunRecord): Html {
  const { run, machine } = record;
  const commit = run.git && `${run.git.commit}${run.git.dirty ? ", with changes" : ""}`;
  const facts: (readonly [string, string])[] = [
    ["Started", formatMoment(run.started)],
    ["Finished", run.finished === null ? "not yet" : formatMoment(run.finished)],
    ["Profile", run.profile],
    ["Seed", String(run.seed)],
    ...weightsFacts(record),
    ["sebench", commit ? `${run.sebench}, commit ${commit}` : run.sebench],
  ];
  return html`<section id="method">
      <h2>How the numbers came to be</h2>
      <ol>
        ${methodSteps.map((step) => html`<li>${step}</li> `)}
      </ol>
    </section>
    <section id="machine">
      <h2>Machine</h2>
      <dl>
        ${machineFacts(machine).map(
          ([term, fact]) =>
            html`<dt>${term}</dt>
              <dd>${fact}</dd> `,
        )}
      </dl>
    </section>
    <section id="reproduce">
      <h2>Run it again</h2>
      <pre class="wrap">${run.command}</pre>
      <dl>
        ${facts.map(
          ([term, fact]) =>
            html`<dt>${term}</dt>
              <dd>${fact}</dd> `,
        )}
      </dl>
      <p class="small muted">The raw samples stand in results.json beside this file.</p>
    </section> `;
}
