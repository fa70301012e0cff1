import { type MemberAccuracy, membersLosing, type RunRecord } from "@sebench/results";
import {
  againstOracle,
  agreementText,
  type LabelledCase,
  labelledCases,
  seAgainstPlain,
} from "../accuracy-text.ts";
import { caseLabels, workLabel } from "../case-label.ts";
import { formatImages, formatShareWithin } from "../format.ts";
import { caseHeading, dataTable } from "./data-table.ts";
import { html, type Html } from "./html.ts";

/** Whether labelled images are still recognised; null where no case was asked about any. */
export function accuracySection(run: RunRecord): Html | null {
  const labelled = labelledCases(run.cases.filter((record) => record.status === "ok"));
  if (labelled.length === 0) return null;
  const label = caseLabels(run.cases);
  const lost = labelled.filter(({ accuracy }) => membersLosing(accuracy).length > 0);
  return html`<section id="accuracy">
    <h2>Is the answer still right?</h2>
    <p>
      Top-1 on labelled images, the first test images of the data set, by the sessions that were
      timed, once timing was over; slow runtimes were asked about as many as there was time for.
      Beside each stands how often the largest logit is of the oracle's class, and on which images
      only the runtime or only the oracle is right: won, lost. p is that of McNemar's exact test;
      below 0.01 a runtime that lost more than it won has lost accuracy.
    </p>
    ${
      lost.length === 0
        ? null
        : html`<p class="bad">
            Accuracy is lost on ${[...new Set(lost.map(({ record }) => label(record)))].join(", ")}.
          </p>`
    }
    ${dataTable({
      caption: "Accuracy on labelled images: plain above, SE beneath",
      columns: [
        { title: "Case", kind: "text" },
        { title: "Images", kind: "number" },
        { title: "Top 1", kind: "number" },
        { title: "The oracle's class", kind: "number" },
        { title: "What differs", kind: "short" },
      ],
      rows: labelled.map((each) => accuracyRow(each, label(each.record))),
    })}
  </section> `;
}

function accuracyRow({ record, accuracy }: LabelledCase, name: string): (string | Html)[] {
  const { images, dataset } = accuracy;
  const both = (of: (member: MemberAccuracy) => string) =>
    html`<span class="line">${of(accuracy.plain)}</span>
      <span class="line">${of(accuracy.se)}</span>`;
  return [
    caseHeading(name, `${workLabel(record)}, ${dataset}`),
    formatImages(images),
    both(({ top1, interval }) => formatShareWithin(top1, interval)),
    both((member) => agreementText(member, images)),
    `${againstOracle(accuracy)}; ${seAgainstPlain(accuracy)}`,
  ];
}
