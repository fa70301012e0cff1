import { html, type Html } from "./html.ts";

/** A chapter of a page, which is folded until a reader opens it. */
export interface Section {
  /** The anchor of the section, unique in the page. */
  readonly id: string;
  readonly title: string;
  /** The one line that a reader learns without opening the section. */
  readonly gist: string | Html;
  readonly content: Html;
}

/**
 * A section that opens without a script: by its summary, by a link to its anchor, which
 * lies within so that browsers unfold it, and by printing, which the style sees to.
 */
export function foldedSection({ id, title, gist, content }: Section): Html {
  return html`<details class="chapter">
    <summary>
      <h2>${title}</h2>
      <span class="gist">${gist}</span>
    </summary>
    <section id="${id}" aria-label="${title}">${content}</section>
  </details> `;
}
