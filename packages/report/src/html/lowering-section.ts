import type { RunRecord } from "@sebench/results";
import { loweringCells, loweringColumns, loweringGains } from "../lowering-gain.ts";
import { dataTable } from "./data-table.ts";
import { html, type Html } from "./html.ts";

/** What SE costs in the naive form and in the best; null where each pair has one form. */
export function loweringSection(run: RunRecord): Html | null {
  const gains = loweringGains(run);
  if (gains.length === 0) return null;
  return html`<section id="lowering">
    <h2>What lowering does</h2>
    <p>
      The same function, written as other operators: in the naive form, as the paper has it, and in
      the one of those measured in which SE costs the least. The bound is what no form can go below
      here: a roofline of SE's least work, at the speed at which this runtime computes and reads on
      this machine.
    </p>
    ${dataTable({
      caption: "Forms of SE on one runtime and pair",
      columns: loweringColumns.map(({ title, align }) => ({
        title,
        kind: align === "left" ? "text" : "number",
      })),
      rows: gains.map(loweringCells),
    })}
  </section> `;
}
