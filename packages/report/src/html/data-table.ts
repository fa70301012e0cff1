import { html, type Html } from "./html.ts";

export interface DataColumn {
  readonly title: string;
  readonly kind: "number" | "text" | "short";
}

/** A cell is text, or markup. The first of a row is its header. */
export interface DataTable {
  readonly caption: string;
  readonly columns: readonly DataColumn[];
  readonly rows: readonly (readonly (string | Html)[])[];
}

/** A table that scrolls in its own frame where the screen is narrow. */
export function dataTable({ caption, columns, rows }: DataTable): Html {
  const head = columns.map(
    ({ title, kind }) => html`<th scope="col" class="${kind}">${title}</th>`,
  );
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, index) => dataCell(cell, columns[index]!, index))}
            </tr> `,
        )}
      </tbody>
    </table>
  </div> `;
}

function dataCell(cell: string | Html, { kind }: DataColumn, index: number): Html {
  return index === 0 ? html`<th scope="row">${cell}</th>` : html`<td class="${kind}">${cell}</td>`;
}

/** The header of a row about one case: its runtime, and beneath it what it ran. */
export function caseHeading(runtime: string, work: string): Html {
  return html`<span class="line">${runtime}</span> <span class="line muted">${work}</span>`;
}
