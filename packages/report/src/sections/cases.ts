import { median, quantile } from "@sebench/measure";
import {
  describeWeights,
  type MemberRecord,
  type OkCase,
  parityHolds,
  ran,
  type RanCase,
  type RunRecord,
} from "@sebench/results";
import { caseLabels, workLabel } from "../case/case-label.ts";
import { certaintyFacts } from "../case/certainty.ts";
import { referenceText } from "../case/correctness.ts";
import { html, type Html, prose } from "../page/html.ts";
import type { Section } from "../page/section.ts";
import { extentOf, type Track, trackChart } from "../page/track-chart.ts";
import {
  formatNumberOf,
  formatOverhead,
  formatOverheadWithin,
  formatTick,
} from "../text/format.ts";
import { oneLine } from "@sebench/spec";
import { hostFacts } from "../run/provenance.ts";

/**
 * The section with each case: how its rounds spread, what was set, and the evidence of the device.
 */
export function caseSection(run: RunRecord): Section | null {
  const cases = run.cases.filter(ran);
  if (cases.length === 0) return null;
  const label = caseLabels(run.cases);
  return {
    id: "cases",
    title: "Case by case",
    gist: `rounds, settings and evidence of ${formatNumberOf(cases.length, "case", "cases")}`,
    content: html`<p>
        How the ratios of the rounds spread in each replica, what each case was given, and the
        evidence of which device did the work.
      </p>
      ${cases.map((record) => caseDetails(record, label(record)))}`,
  };
}

function caseDetails(record: RanCase, name: string): Html {
  const result = parityHolds(record)
    ? prose(figureOf(record))
    : html`<span class="bad">output is wrong</span>`;
  const timed = record.status === "ok";
  return html`<details>
    <summary>${name}: ${workLabel(record)}, ${result}</summary>
    ${timed ? spreadChart(record, name) : null}
    <dl>
      ${[...factsOf(record), ...(timed ? timedFacts(record) : [])].map(
        ([term, fact]) =>
          html`<dt>${term}</dt>
            <dd>${fact}</dd> `,
      )}
    </dl>
    <h3>Evidence</h3>
    <pre class="wrap">${evidenceOf(record)}</pre>
  </details> `;
}

function figureOf(record: RanCase): string {
  if (record.status === "untimed") return "not timed";
  return formatOverheadWithin(record.overhead.ratio, record.overhead.interval);
}

/**
 * The evidence of the device as JSON. Some engines list every node, so long evidence is cut;
 * results.json has the rest.
 */
function evidenceOf({ attestation }: RanCase): string {
  const text = JSON.stringify(attestation.evidence, null, 1);
  const most = 4000;
  return text.length <= most ? text : `${text.slice(0, most)}\n... the rest is in results.json`;
}

function spreadChart(record: OkCase, name: string): Html {
  const tracks = record.overhead.replicas.map((estimate, replica): Track => {
    const added = roundsOf(record, replica)
      .map((ratio) => (ratio - 1) * 100)
      .toSorted((a, b) => a - b);
    const at = (probability: number) => quantile(added, probability);
    return {
      value: formatOverhead(estimate, record.overhead.interval),
      line: added.length === 0 ? null : [at(0.05), at(0.95)],
      bar: added.length === 0 ? null : [at(0.25), at(0.75)],
      marks: [{ at: (estimate - 1) * 100, shape: "filled" }],
    };
  });
  return html`<p class="small muted">
      Overheads of the rounds. Thin: 5th to 95th percentile; thick: the middle half; point: the
      replica's estimate.
    </p>
    ${trackChart({
      caption: `Rounds of ${name}, ${workLabel(record)}`,
      first: "Replica",
      axes: [
        {
          title: "SE adds in a round",
          scale: "linear",
          extent: extentOf(tracks, null),
          reference: null,
          format: (value) => `${formatTick(value)} %`,
        },
      ],
      rows: tracks.map((track, replica) => ({
        name: `Replica ${replica + 1}`,
        notes: `${record.preparedFirst[replica] === "se" ? "SE" : "plain"} prepared first`,
        strong: false,
        tracks: [track],
      })),
    })}`;
}

/**
 * The ratios of a replica's rounds, each that of the medians of the round's two visits. A round
 * that is shorter than the digits in which samples are written has none.
 */
function roundsOf({ members: { plain, se } }: OkCase, replica: number): number[] {
  const baseline = plain.samplesMs[replica] ?? [];
  return (se.samplesMs[replica] ?? []).flatMap((visit, round) => {
    const ratio = median(visit) / median(baseline[round] ?? []);
    return Number.isFinite(ratio) ? [ratio] : [];
  });
}

function factsOf(record: RanCase): (readonly [string, string])[] {
  const { device, weights } = record;
  const details = Object.entries(device.details).map(([key, value]) => `${key} ${value}`);
  return [
    ["Engine", `${record.runtime} ${record.engineVersion}`],
    ["Host", `${record.host} ${record.hostVersion}`],
    ...hostFacts([record]),
    ["Device", [device.name, ...details].map(oneLine).join(", ")],
    [
      "Proven",
      `${record.attestation.device}${record.attestation.software ? ", a GPU interface that the CPU serves" : ""}`,
    ],
    ["Threads", record.threads === null ? "the engine's default" : String(record.threads)],
    ["Lowering", `${record.lowering}, ${record.precision}, batch norm ${record.batchNorm}`],
    ["Weights", oneLine(describeWeights(weights))],
    ["Hashes", `plain ${weights.hash.plain.slice(0, 16)}, SE ${weights.hash.se.slice(0, 16)}`],
    [record.weights.kind === "model" ? "Inputs" : "Images", imagesText(record)],
    ["Held against", referenceText(record)],
    ...quantisationFacts(record),
  ];
}

function imagesText({ images, weights }: RanCase): string {
  const { count, dataset } = images;
  if (weights.kind !== "model") return `${count} of ${dataset}`;
  return `${formatNumberOf(count, "run", "runs")} with ${oneLine(dataset)}`;
}

function timedFacts(record: OkCase): (readonly [string, string])[] {
  const { overhead, members } = record;
  return [
    [
      "Rounds",
      `${overhead.rounds} in ${overhead.replicas.length} replicas; stopped: ${overhead.stopped}`,
    ],
    ...certaintyFacts(record),
    ["Samples", `plain ${samplesOf(members.plain)}; SE ${samplesOf(members.se)}`],
  ];
}

function quantisationFacts({ quantisation }: RanCase): (readonly [string, string])[] {
  if (quantisation === null) return [];
  const { images, dataset, keep } = quantisation;
  const kept = keep === "se" ? "; squeezes and excitations stay in fp32" : "";
  const text = `least and greatest activations over the first ${images} of ${oneLine(dataset)}${kept}`;
  return [["Scales of int8", text]];
}

function samplesOf({ latencyMs, steady }: MemberRecord): string {
  const unsteady = steady.filter((flag) => !flag).length;
  const note =
    unsteady === 0 ? "" : `, ${unsteady} of ${steady.length} replicas not steady after warm-up`;
  return `${latencyMs.n}, outliers ${latencyMs.outliers}${note}`;
}
