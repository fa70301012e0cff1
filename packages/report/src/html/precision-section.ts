import type { RunRecord } from "@sebench/results";
import { caseLabels } from "../case-label.ts";
import { precisionCells, precisionColumns, precisionCosts } from "../precision-cost.ts";
import { dataTable } from "./data-table.ts";
import { html, type Html } from "./html.ts";

/** What precision costs in correctness, and what SE costs in it; null where all is of one precision. */
export function precisionSection(run: RunRecord): Html | null {
  const costs = precisionCosts(run);
  if (costs.length === 0) return null;
  const label = caseLabels(run.cases);
  return html`<section id="precision">
    <h2>What precision costs</h2>
    <p>
      The same pair on the same runtime in several precisions: how long it takes beside fp32, what
      SE costs in each, and how far the logits are from the float64 oracle's. Two figures in a cell
      are of plain and of SE.
    </p>
    ${dataTable({
      caption: "Precisions of one runtime and pair",
      columns: precisionColumns.map(({ title, align }) => ({
        title,
        kind: align === "left" ? "text" : "number",
      })),
      rows: costs.map((cost) => precisionCells(cost, label)),
    })}
  </section> `;
}
