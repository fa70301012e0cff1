import { html, type Html } from "./html.ts";

interface DataColumn {
  readonly title: string;
  readonly kind: "number" | "text" | "short";
}

/** A table whose cells are text or markup. The first cell of a row is its header. */
export interface DataTable {
  readonly caption: string;
  readonly columns: readonly DataColumn[];
  readonly rows: readonly (readonly (string | Html)[])[];
  /** The class of each row, by which a page hides rows; none by default. */
  readonly rowClasses?: readonly string[];
}

/**
 * The markup of a table in a box of its own, in which it scrolls where it is too wide. On a phone
 * the style makes a block of each row, which takes the roles of a table away from its elements
 * unless they state them.
 */
export function dataTable({ caption, columns, rows, rowClasses = [] }: DataTable): Html {
  const head = columns.map(
    ({ title, kind }) => html`<th role="columnheader" scope="col" class="${kind}">${title}</th>`,
  );
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table role="table">
      <caption>
        ${caption}
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          ${head}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map(
          (row, at) =>
            html`<tr ${rowAttributes(rowClasses[at])}>
              ${row.map((cell, index) => dataCell(cell, columns[index]!, index))}
            </tr> `,
        )}
      </tbody>
    </table>
  </div> `;
}

function rowAttributes(name: string | undefined): Html {
  return name === undefined ? html`role="row"` : html`role="row" class="${name}"`;
}

function dataCell(cell: string | Html, { title, kind }: DataColumn, index: number): Html {
  return index === 0
    ? html`<th role="rowheader" scope="row">${cell}</th>`
    : html`<td role="cell" class="${kind}" data-title="${title}"><span>${cell}</span></td>`;
}

/** The header of a row about one case: its runtime, and beneath it what it ran. */
export function caseHeading(runtime: string, work: string): Html {
  return html`<span class="line">${runtime}</span> <span class="line muted">${work}</span>`;
}
