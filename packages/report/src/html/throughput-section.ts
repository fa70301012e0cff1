import { type OkCase, parityHolds, type RunRecord } from "@sebench/results";
import { caseLabels } from "../case-label.ts";
import { formatRate } from "../format.ts";
import { dataTable } from "./data-table.ts";
import { html, type Html } from "./html.ts";

/** Images a second at each batch size. */
export function throughputSection(run: RunRecord): Html | null {
  const ok = run.cases.filter((record) => record.status === "ok").filter(parityHolds);
  if (ok.length === 0) return null;
  const label = caseLabels(run.cases);
  const batches = [...new Set(ok.map(({ batch }) => batch))].toSorted((a, b) => a - b);
  const nameOf = (record: OkCase) =>
    `${record.network}, ${record.imageSize} px on ${label(record)}`;
  const names = [...new Set(ok.map(nameOf))];
  return html`<section id="throughput">
    <h2>Throughput</h2>
    ${dataTable({
      caption: "Images a second: plain → SE, from the median latency",
      columns: [
        { title: "Network and runtime", kind: "text" },
        ...batches.map((batch) => ({ title: `Batch ${batch}`, kind: "number" as const })),
      ],
      rows: names.map((name) =>
        throughputRow(
          name,
          batches.map((batch) =>
            ok.find((record) => nameOf(record) === name && record.batch === batch),
          ),
        ),
      ),
    })}
  </section> `;
}

function throughputRow(name: string, byBatch: readonly (OkCase | undefined)[]): string[] {
  return [name, ...byBatch.map(throughputOf)];
}

function throughputOf(record: OkCase | undefined): string {
  if (!record) return "–";
  const { plain, se } = record.members;
  return `${formatRate(plain.imagesPerSecond)} → ${formatRate(se.imagesPerSecond)}`;
}
