import type { MemberRecord, RunRecord } from "@sebench/results";
import { caseLabels, workLabel } from "../case-label.ts";
import { formatBytes, formatMs } from "../format.ts";
import { caseHeading, dataTable } from "./data-table.ts";
import { html, type Html } from "./html.ts";

/** What the first image costs. */
export function coldStartSection(run: RunRecord): Html | null {
  const ok = run.cases.filter((record) => record.status === "ok");
  if (ok.length === 0) return null;
  const label = caseLabels(run.cases);
  return html`<section id="cold-start">
    <h2>Cold start</h2>
    <p>
      Preparing a model, and its first run, which on some runtimes compiles: medians over the
      replicas, plain → SE.
    </p>
    ${dataTable({
      caption: "Before the first answer",
      columns: [
        { title: "Case", kind: "text" },
        { title: "Prepare", kind: "number" },
        { title: "First run", kind: "number" },
        { title: "Later runs", kind: "number" },
        { title: "Memory, peak", kind: "number" },
      ],
      rows: ok.map((record) => {
        const { plain, se } = record.members;
        const step = (of: (member: MemberRecord) => string) => `${of(plain)} → ${of(se)}`;
        return [
          caseHeading(label(record), workLabel(record)),
          step(({ prepareMs }) => formatMs(prepareMs.median)),
          step(({ firstRunMs }) => formatMs(firstRunMs.median)),
          step(({ latencyMs }) => formatMs(latencyMs.p50)),
          step(({ peakRssBytes }) =>
            peakRssBytes === null ? "unknown" : formatBytes(peakRssBytes),
          ),
        ];
      }),
    })}
  </section> `;
}
