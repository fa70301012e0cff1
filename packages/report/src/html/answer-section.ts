import type { RunRecord } from "@sebench/results";
import { incompleteness, tally, verdictsOf } from "../verdict.ts";
import { html, type Html } from "./html.ts";
import { prose } from "./prose.ts";

/** The answer first: what SE costs where, and which runtime is the fastest. */
export function answerSection(run: RunRecord): Html {
  const note = incompleteness(run);
  const answers = verdictsOf(run).map(({ work, sentences }) => {
    const [cost, ...rest] = sentences;
    return html`<li>
      <h3>${work}</h3>
      <p class="cost">${prose(cost ?? "")}</p>
      ${rest.map((sentence) => html`<p>${prose(sentence)}</p> `)}
    </li> `;
  });
  return html`<section id="answer" aria-label="The answer">
    ${note === null ? null : html`<p class="notice">${note}</p>`}
    ${
      answers.length === 0
        ? html`<p>Nothing could be measured.</p>`
        : html`<ul class="answers">
            ${answers}
          </ul>`
    }
    <p class="muted">
      ${tally(run)}. Figures in brackets are 95 % intervals.
      <a href="#not-measured">What did not run, and why</a>
    </p>
  </section> `;
}
