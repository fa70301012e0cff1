import { type MemberParity, type OkCase, parityHolds, type RunRecord } from "@sebench/results";
import { caseLabels, workLabel } from "../case-label.ts";
import { formatDifference, formatShare } from "../format.ts";
import { caseHeading, dataTable } from "./data-table.ts";
import { html, type Html } from "./html.ts";

type Label = (record: OkCase) => string;

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
    ${accuracyTable(ok, label)}
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

function accuracyTable(ok: readonly OkCase[], label: Label): Html | null {
  const labelled = ok.filter(({ accuracy }) => accuracy !== null);
  if (labelled.length === 0) return null;
  return dataTable({
    caption: "Accuracy on labelled images",
    columns: [
      { title: "Case", kind: "text" },
      { title: "Data set", kind: "short" },
      { title: "Images", kind: "number" },
      { title: "Plain, top 1", kind: "number" },
      { title: "SE, top 1", kind: "number" },
    ],
    rows: labelled.map((record) => accuracyRow(record, label(record))),
  });
}

function accuracyRow(record: OkCase, name: string): (string | Html)[] {
  const { dataset, images, plain, se } = record.accuracy!;
  const within = ({ top1, interval }: typeof se) =>
    `${formatShare(top1)} [${interval.map((bound) => (bound * 100).toFixed(1)).join(", ")}]`;
  return [caseHeading(name, workLabel(record)), dataset, String(images), within(plain), within(se)];
}
