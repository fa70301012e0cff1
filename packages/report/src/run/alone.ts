import { type AloneCase, type RunRecord, timesOfAlone } from "@sebench/results";
import { caseLabels, workLabel } from "../case/case-label.ts";
import { referenceText } from "../case/correctness.ts";
import { dataTable } from "../page/data-table.ts";
import { html } from "../page/html.ts";
import type { Section } from "../page/section.ts";
import { formatMs, formatNumberOf } from "../text/format.ts";

/** The models' files that were measured by themselves, as they have no SE. */
function aloneCases({ cases }: RunRecord): AloneCase[] {
  return cases.filter((record) => record.status === "alone");
}

/** What a model took by itself, or why it was not timed. */
function timeText(record: AloneCase): string {
  const times = timesOfAlone(record);
  if (times === null) return "not timed";
  return formatMs(times.latencyMs.p50, times.latencyMs.p50Interval);
}

const parityText = ({ parity }: AloneCase) => (parity.se.pass ? "parity holds" : "PARITY LOST");

/** A sentence for each model that was measured by itself. */
export function aloneSentences(run: RunRecord): string[] {
  const label = caseLabels(run.cases);
  return aloneCases(run).map(
    (record) =>
      `${workLabel(record)} on ${label(record)}: ${timeText(record)}, ${parityText(record)}. ${record.reason}.`,
  );
}

/** The section of models that were measured by themselves, or null where none was. */
export function aloneSection(run: RunRecord): Section | null {
  const alone = aloneCases(run);
  if (alone.length === 0) return null;
  const label = caseLabels(run.cases);
  return {
    id: "alone",
    title: "Models without SE",
    gist: `the times of ${formatNumberOf(alone.length, "case", "cases")} without an overhead`,
    content: html`${dataTable({
      caption: "Models that were measured by themselves",
      columns: [
        { title: "Runtime", kind: "text" },
        { title: "Model", kind: "text" },
        { title: "p50", kind: "text" },
        { title: "Parity", kind: "text" },
        { title: "Held against", kind: "text" },
      ],
      rows: alone.map((record) => [
        label(record),
        workLabel(record),
        timeText(record),
        parityText(record),
        referenceText(record),
      ]),
    })}`,
  };
}
