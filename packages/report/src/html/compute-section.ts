import { type OkCase, parityHolds, type RunRecord } from "@sebench/results";
import { caseLabels } from "../case-label.ts";
import { formatCount, formatGrowth, formatOverhead, formatOverheadWithin } from "../format.ts";
import { paperGains } from "../paper-gain.ts";
import { dataTable } from "./data-table.ts";
import { html, type Html } from "./html.ts";
import { prose } from "./prose.ts";

type Label = (record: OkCase) => string;

/** What SE computes against what it takes. */
export function computeSection(run: RunRecord): Html | null {
  const right = run.cases.filter((record) => record.status === "ok").filter(parityHolds);
  if (right.length === 0) return null;
  const label = caseLabels(run.cases);
  const networks = [...new Set(right.map(networkOf))];
  return html`<section id="compute">
    <h2>What SE computes, and what it takes</h2>
    ${shareParagraph(right, label)}
    <p>
      For reference, the paper's own figures (SENet v4, section 4): SE-ResNet-50 took 167 ms against
      164 ms on a CPU, one 224 px image (+1.8 %), and 209 ms against 190 ms for a training step on
      eight GPUs (+10 %).
    </p>
    ${dataTable({
      caption: "What SE adds to each network",
      columns: [
        { title: "Network", kind: "text" },
        { title: "Parameters", kind: "number" },
        { title: "added", kind: "number" },
        { title: "MACs", kind: "number" },
        { title: "added", kind: "number" },
        { title: "Time added", kind: "text" },
      ],
      rows: networks.map((network) =>
        networkRow(
          right.filter((record) => networkOf(record) === network),
          label,
        ),
      ),
    })}
    ${paperTable(right, label)}
  </section> `;
}

function networkOf({ network, imageSize }: OkCase): string {
  return `${network}, ${imageSize} px`;
}

/** In words, for the largest network, on the runtime where SE costs it most. */
function shareParagraph(right: readonly OkCase[], label: Label): Html | null {
  const [record] = right
    .filter(({ attestation }) => !attestation.software)
    .toSorted(
      (a, b) => b.members.se.macs - a.members.se.macs || b.overhead.ratio - a.overhead.ratio,
    );
  if (!record) return null;
  const { plain, se } = record.members;
  const [macs, parameters, time] = [
    formatGrowth(se.macs / plain.macs),
    formatGrowth(se.parameters / plain.parameters),
    formatOverheadWithin(record.overhead.ratio, record.overhead.interval),
  ].map((figure) => figure.replace("+", ""));
  return html`<p>
    ${prose(`SE adds ${macs} to the multiply-accumulates (MACs) of ${record.network}, ${parameters} to its parameters, and ${time} to its time on ${label(record)}.`)}
  </p>`;
}

function networkRow(cases: readonly OkCase[], label: Label): (string | Html)[] {
  const { plain, se } = cases[0]!.members;
  return [
    networkOf(cases[0]!),
    formatCount(se.parameters),
    formatGrowth(se.parameters / plain.parameters),
    formatCount(se.macs),
    formatGrowth(se.macs / plain.macs),
    timesOf(cases, label),
  ];
}

function timesOf(cases: readonly OkCase[], label: Label): Html {
  return html`${cases.map((record) => {
    const { ratio, interval } = record.overhead;
    const batch = record.batch === 1 ? "" : `, batch ${record.batch}`;
    return html`<span class="line"
      >${formatOverhead(ratio, interval)} ${label(record)}${batch}</span
    > `;
  })}`;
}

/** What it costs here beside what it bought in the paper; null where the paper has none of them. */
function paperTable(right: readonly OkCase[], label: Label): Html | null {
  const bought = [...new Set(right.map(({ network }) => network))].flatMap((network) => {
    const gains = paperGains(network);
    return gains.length === 0 ? [] : [{ network, gains }];
  });
  if (bought.length === 0) return null;
  return html`<p>
      What SE bought in the paper (SENet v4), from plain to SE, on ImageNet unless it says
      otherwise. Each of its tables was trained in its own way, so only errors of one table compare.
    </p>
    ${dataTable({
      caption: "What SE costs here, and what it bought in the paper",
      columns: [
        { title: "Network", kind: "text" },
        { title: "Time added here", kind: "text" },
        { title: "In the paper", kind: "text" },
      ],
      rows: bought.map(({ network, gains }) => [
        network,
        timesOf(
          right.filter((record) => record.network === network),
          label,
        ),
        html`${gains.map((gain) => html`<span class="line">${gain}</span> `)}`,
      ]),
    })}`;
}
