import { type OkCase, parityHolds, type RunRecord } from "@sebench/results";
import { caseLabels } from "../case-label.ts";
import { formatNumberOf } from "../format.ts";
import { oneLine } from "../one-line.ts";
import { parityText } from "../parity-text.ts";
import { rankingsOf } from "../ranking.ts";
import { caseHeading, dataTable } from "./data-table.ts";
import { speedAndCostChart } from "./glance.ts";
import { html, type Html } from "./html.ts";
import type { Section } from "./section.ts";

/** What ran on GPUs that the CPU plays; null where none did. */
export function softwareSection(run: RunRecord): Section | null {
  const rankings = rankingsOf(run)
    .map(({ work, unranked }) => ({
      work,
      cases: unranked
        .filter(({ attestation }) => attestation.software)
        .toSorted((a, b) => a.members.se.latencyMs.p50 - b.members.se.latencyMs.p50),
    }))
    .filter(({ cases }) => cases.length > 0);
  if (rankings.length === 0) return null;
  const cases = rankings.flatMap((ranking) => ranking.cases);
  const label = caseLabels(run.cases);
  return {
    id: "software",
    title: "Software GPUs",
    gist: gistOf(cases),
    content: html`<p>
        The browser or the engine drew on a GPU that the CPU played. That proves two things: the
        output on this kind of device is right, and the work went to that device and to no other.
        The times are those of a CPU and say nothing of a GPU, so they are not ranked.
      </p>
      ${rankings.map(({ work, cases: own }) => softwareOf(work, own, label, run))}`,
  };
}

function gistOf(cases: readonly OkCase[]): Html {
  const wrong = cases.filter((record) => !parityHolds(record)).length;
  const proven = `${formatNumberOf(cases.length, "case proves", "cases prove")} parity and device`;
  return html`${
    wrong === 0
      ? proven
      : html`<span class="bad"
          >parity fails in ${wrong} of ${formatNumberOf(cases.length, "case", "cases")}</span
        >`
  };
  their times are a CPU’s`;
}

function softwareOf(
  work: string,
  cases: readonly OkCase[],
  label: (record: OkCase) => string,
  run: RunRecord,
): Html {
  const right = cases.filter(parityHolds);
  return html`<h3>${work}</h3>
    ${right.length === 0 ? null : speedAndCostChart(work, right, [], run)}
    ${dataTable({
      caption: `What software GPUs prove: ${work}`,
      columns: [
        { title: "Runtime", kind: "text" },
        { title: "Proven device", kind: "short" },
        { title: "Played by", kind: "text" },
        { title: "Parity", kind: "short" },
      ],
      rows: cases.map((record) => [
        caseHeading(label(record), `${record.host} ${record.hostVersion}`),
        record.attestation.device,
        oneLine(record.device.name),
        html`<span class="${parityHolds(record) ? "good" : "bad"}">${parityText(record)}</span>`,
      ]),
    })}`;
}
