import { type MemberParity, type OkCase, parityHolds, type RunRecord } from "@sebench/results";
import { caseLabels, workLabel } from "../case-label.ts";
import { formatDifference, formatShare } from "../format.ts";
import { caseHeading, dataTable } from "./data-table.ts";
import { html, type Html } from "./html.ts";

/** Whether the output is right. */
export function paritySection(run: RunRecord): Html | null {
  const ok = run.cases.filter((record) => record.status === "ok");
  if (ok.length === 0) return null;
  const label = caseLabels(run.cases);
  return html`<section id="parity">
    <h2>Is the output right?</h2>
    <p>
      Logits against those of the oracle, a float64 executor that shares no code with any engine.
      Relative difference: the largest difference of a logit over the image's largest logit. Where
      parity fails, latency is shown and not ranked.
    </p>
    ${dataTable({
      caption: "Parity with the oracle: plain, SE",
      columns: [
        { title: "Case", kind: "text" },
        { title: "Parity", kind: "short" },
        { title: "Relative", kind: "number" },
        { title: "Tolerance", kind: "number" },
        { title: "Absolute", kind: "number" },
        { title: "Same top class", kind: "number" },
      ],
      rows: ok.map((record) => parityRow(record, label(record))),
    })}
  </section> `;
}

function parityRow(record: OkCase, name: string): (string | Html)[] {
  const { plain, se, tolerance } = record.parity;
  const both = (of: (member: MemberParity) => string) => `${of(plain)}, ${of(se)}`;
  return [
    caseHeading(name, workLabel(record)),
    parityHolds(record)
      ? html`<span class="good">holds</span>`
      : html`<span class="bad">FAILS</span>`,
    both(({ relative }) => formatDifference(relative)),
    formatDifference(tolerance),
    both(({ maxAbs }) => formatDifference(maxAbs)),
    both(({ top1Agreement }) => formatShare(top1Agreement)),
  ];
}
