import { type OkCase, parityHolds, type RunRecord } from "@sebench/results";
import { caseLabels } from "../case/case-label.ts";
import { dataTable } from "../page/data-table.ts";
import { html, type Html, prose } from "../page/html.ts";
import type { Section } from "../page/section.ts";
import {
  activationSentences,
  loweringCells,
  loweringColumns,
  loweringGains,
} from "../run/lowering-gain.ts";
import { paperGains } from "../run/paper-gain.ts";
import {
  formatCount,
  formatGrowth,
  formatNumberOf,
  formatOverhead,
  formatOverheadWithin,
} from "../text/format.ts";

type Label = (record: OkCase) => string;

/** The section that sets what SE computes against the time that it takes. */
export function computeSection(run: RunRecord): Section | null {
  const right = run.cases.filter((record) => record.status === "ok").filter(parityHolds);
  if (right.length === 0) return null;
  const label = caseLabels(run.cases);
  const networks = [...new Set(right.map(networkOf))];
  return {
    id: "compute",
    title: "What SE computes, and what it takes",
    gist: computeGist(right),
    content: html`${shareParagraph(right, label)}
    ${right.every(({ weights }) => weights.kind === "model") ? null : paperFigures}
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
    ${paperTable(right, label)}`,
  };
}

/** What the paper measured itself, beside the networks that are the paper's. */
const paperFigures = html`<p>
  For reference, the paper's own figures (SENet v4, section 4): SE-ResNet-50 took 167 ms against 164
  ms on a CPU, one 224 px image (+1.8 %), and 209 ms against 190 ms for a training step on eight
  GPUs (+10 %).
</p>`;

/** The line that says what SE adds to the largest network. */
function computeGist(right: readonly OkCase[]): string {
  const { network, members } = right.toSorted((a, b) => macsOf(b) - macsOf(a))[0]!;
  const [macs, parameters] = [growthOf(members, "macs"), growthOf(members, "parameters")];
  return `${macs} multiply-accumulates and ${parameters} parameters in ${network}`;
}

/** The multiply-accumulates of the member with SE; none where a model's file does not tell them. */
const macsOf = ({ members }: OkCase) => members.se.macs ?? 0;

/** What SE adds to a number of plain's, where both are told and plain has any. */
function growthOf({ plain, se }: OkCase["members"], of: "macs" | "parameters"): string {
  const [own, other] = [se[of], plain[of]];
  return own === null || other === null || other === 0 ? "unknown" : formatGrowth(own / other);
}

function networkOf({ network, imageSize }: OkCase): string {
  return `${network}, ${imageSize} px`;
}

/**
 * The paragraph that says it in words for the largest network, on the runtime where SE costs the
 * most.
 */
function shareParagraph(right: readonly OkCase[], label: Label): Html | null {
  const [record] = right
    .filter(({ attestation }) => !attestation.software)
    .toSorted((a, b) => macsOf(b) - macsOf(a) || b.overhead.ratio - a.overhead.ratio);
  if (!record) return null;
  const [macs, parameters, time] = [
    growthOf(record.members, "macs"),
    growthOf(record.members, "parameters"),
    formatOverheadWithin(record.overhead.ratio, record.overhead.interval),
  ].map((figure) => figure.replace("+", ""));
  return html`<p>
    ${prose(`SE adds ${macs} to the multiply-accumulates (MACs) of ${record.network}, ${parameters} to its parameters, and ${time} to its time on ${label(record)}.`)}
  </p>`;
}

function networkRow(cases: readonly OkCase[], label: Label): (string | Html)[] {
  const { members } = cases[0]!;
  const { parameters, macs } = members.se;
  return [
    networkOf(cases[0]!),
    formatCount(parameters),
    growthOf(members, "parameters"),
    macs === null ? "unknown" : formatCount(macs),
    growthOf(members, "macs"),
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

/**
 * The table of what SE costs here beside what it bought in the paper, or null where the paper has
 * none of the networks.
 */
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

/**
 * The section that says what SE costs in the naive form and in the best, or null where each pair
 * has one form.
 */
export function loweringSection(run: RunRecord): Section | null {
  const gains = loweringGains(run);
  const ofModels = activationSentences(run);
  if (gains.length === 0) return ofModels.length === 0 ? null : activationSection(ofModels);
  const cheaper = gains.filter(({ naive, best }) => best !== naive).length;
  return {
    id: "lowering",
    title: "What lowering does",
    gist: `another form of SE costs less than the naive one in ${cheaper} of ${formatNumberOf(gains.length, "pair", "pairs")}`,
    content: html`<p>
        The same function, written as other operators: in the naive form, as the paper has it, and
        in the one of those measured in which SE costs the least. The bound is what no form can go
        below here: a roofline of SE's least work, at the speed at which this runtime computes and
        reads on this machine.
      </p>
      ${dataTable({
        caption: "Forms of SE on one runtime and pair",
        columns: loweringColumns.map(({ title, align }) => ({
          title,
          kind: align === "left" ? "text" : "number",
        })),
        rows: gains.map(loweringCells),
      })}
      ${ofModels.map((sentence) => html`<p>${prose(sentence)}</p> `)}`,
  };
}

/** The section of a run whose only other forms are those of activations in models' files. */
function activationSection(sentences: readonly string[]): Section {
  return {
    id: "lowering",
    title: "What the form of the activations hides",
    gist: `of ${formatNumberOf(sentences.length, "model's file", "models' files")} another form was measured`,
    content: html`${sentences.map((sentence) => html`<p>${prose(sentence)}</p> `)}
      <p>
        A hard-swish in four operators keeps activations out of the convolutions of both members,
        and so hides what SE costs. Both pairs are measured in rounds of their own.
      </p>`,
  };
}
