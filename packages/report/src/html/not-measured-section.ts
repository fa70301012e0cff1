import type { RunRecord } from "@sebench/results";
import { caseLabels, workLabel } from "../case-label.ts";
import { oneLine } from "../one-line.ts";
import { outcomesOf } from "../outcome.ts";
import { caseHeading, dataTable } from "./data-table.ts";
import { html, type Html } from "./html.ts";
import { prose } from "./prose.ts";

/** What failed or is unavailable, why, and what to do about it. */
export function notMeasuredSection(run: RunRecord): Html {
  const { failed, unavailable } = outcomesOf(run);
  const label = caseLabels(run.cases);
  const rows = [...failed, ...unavailable].map((record) => [
    caseHeading(label(record), workLabel(record)),
    record.status === "failed" ? html`<span class="bad">failed</span>` : "unavailable",
    prose(oneLine(record.reason)),
    record.remedy === null ? "–" : prose(oneLine(record.remedy)),
  ]);
  return html`<section id="not-measured">
    <h2>What did not run</h2>
    ${
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
          })
    }
  </section> `;
}
