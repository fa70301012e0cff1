import type { RightApart } from "@sebench/measure";
import {
  describeListing,
  describeWeights,
  type EvaluationRecord,
  type MemberSummary,
  type Proportion,
  type RuntimeSummary,
  summarizeEvaluation,
  untrainedPlain,
} from "@sebench/results";
import { machineFacts } from "../run/provenance.ts";
import {
  formatImages,
  formatMoment,
  formatP,
  formatPoints,
  formatShareWithin,
} from "../text/format.ts";

/** The content of every form of the report of an evaluation, as plain text. */
export interface EvaluationContent {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The rows under `shortColumns`, for a terminal. */
  readonly shortRows: readonly (readonly string[])[];
  readonly facts: readonly (readonly [string, string])[];
  readonly notes: readonly string[];
  /** The commands of the parts, one for each. */
  readonly commands: readonly string[];
}

export const evaluationColumns = [
  { title: "Runtime", align: "left" },
  { title: "Network", align: "left" },
  { title: "Top 1", align: "right" },
  { title: "Top 5", align: "right" },
  { title: "The oracle's class", align: "right" },
  { title: "Against the oracle", align: "left" },
  { title: "Against the first runtime", align: "left" },
] as const;

export const shortColumns = [
  { title: "runtime", align: "left" },
  { title: "network", align: "left" },
  { title: "top 1", align: "right" },
  { title: "as the oracle", align: "right" },
  { title: "as the first runtime", align: "right" },
] as const;

/**
 * The values of McNemar's p below which two members are told apart, and below which a runtime has
 * lost accuracy, which is stricter because runtimes are many.
 */
const [apartBelow, lostBelow] = [0.05, 0.01];

export function evaluationContent(record: EvaluationRecord): EvaluationContent {
  const { network, plain, dataset, labels, imageSize, precision, parts } = record;
  const summaries = summarizeEvaluation(record);
  const place = placesOf(record);
  const untrained = untrainedPlain(record.weights, record);
  return {
    title: `${network} and ${plain} on ${dataset.name}`,
    sentences: [
      ...(untrained === null ? [] : [untrained]),
      ...summaries.slice(0, 1).map((of) => seSentence(of, labels.length, place)),
      ...summaries.flatMap((of) => lossSentences(record, of, place)),
    ],
    rows: summaries.flatMap((of) => rowsOf(record, of, place)),
    shortRows: summaries.flatMap((of) => shortRowsOf(record, of, place)),
    facts: [
      ["Images", `${formatImages(labels.length)}, at ${imageSize} px, in ${precision}`],
      ["Preprocessing", dataset.preprocessing],
      ["Dataset's identity", dataset.identity],
      ...contentFacts(record),
      ["Weights", describeWeights(record.weights)],
      ["Asked of the oracle", `${formatImages(record.oracle.images.length)} images`],
      ["Started", formatMoment(parts[0]!.started)],
      ...machineFacts(parts[0]!.machine),
    ],
    notes: [
      ...(dataset.listing === undefined ? [] : describeListing(dataset.listing)),
      ...brokenNotes(record),
      ...missingNotes(record, place),
    ],
    commands: parts.map(({ command }) => command),
  };
}

/** The hash of the images that each part read, where the record has any. */
function contentFacts({ parts }: EvaluationRecord): readonly (readonly [string, string])[] {
  const hashes = parts.flatMap(({ content }) => content ?? []);
  return hashes.length === 0 ? [] : [["Bytes of the images", hashes.join(", ")]];
}

function rowsOf(record: EvaluationRecord, summary: RuntimeSummary, place: Label): string[][] {
  const images = record.labels.length;
  return bothOf(summary, record).map(({ name, of }) => {
    const runtime = place(summary.answered);
    const agreeing = agreement(of.oracle.agreeing, of.oracle.images);
    if (of.top1 === null) {
      const first = of.first === null ? "the first" : agreement(of.first.agreeing, images);
      return [runtime, name, neverTrained, "", agreeing, "", first];
    }
    const top5 = of.top5 === null ? "" : within(of.top5);
    const oracle = of.oracle.images === 0 ? "not asked" : discordance(of.oracle);
    const first = of.first === null ? "the first" : besideFirst(of.first, images);
    return [runtime, name, within(of.top1), top5, agreeing, oracle, first];
  });
}

/** What stands in the place of an accuracy that says nothing. */
const neverTrained = "never trained";

function shortRowsOf(record: EvaluationRecord, summary: RuntimeSummary, place: Label): string[][] {
  return bothOf(summary, record).map(({ name, of }) => [
    place(summary.answered),
    name,
    of.top1 === null ? neverTrained : within(of.top1),
    agreement(of.oracle.agreeing, of.oracle.images),
    of.first === null ? "the first" : agreement(of.first.agreeing, record.labels.length),
  ]);
}

function bothOf(summary: RuntimeSummary, { network, plain }: EvaluationRecord) {
  return [
    { name: plain, of: summary.plain },
    { name: network, of: summary.se },
  ];
}

interface Place {
  readonly runtime: string;
  readonly host: string;
}
type Label = (place: Place) => string;

/** A function that names runtimes, with the host where one ran on more than one. */
function placesOf({ answers }: EvaluationRecord): Label {
  const hosts = (runtime: string) => answers.filter((each) => each.runtime === runtime).length;
  return ({ runtime, host }) => (hosts(runtime) > 1 ? `${runtime} on ${host}` : runtime);
}

function within({ share, interval }: Proportion): string {
  return formatShareWithin(share, interval);
}

function agreement(agreeing: number, images: number): string {
  if (images === 0) return "not asked";
  return `${formatImages(agreeing)} of ${formatImages(images)}`;
}

function besideFirst(first: NonNullable<MemberSummary["first"]>, images: number): string {
  if (first.agreeing === images) return "the same";
  return `${agreement(first.agreeing, images)}; ${discordance(first)}`;
}

function discordance({ onlyFirst, onlySecond, p }: RightApart): string {
  if (onlyFirst + onlySecond === 0) return "equally right";
  return `${onlyFirst} won, ${onlySecond} lost, ${formatP(p)}`;
}

function seSentence(
  { answered, plain, se, seAgainstPlain }: RuntimeSummary,
  images: number,
  place: Label,
): string {
  if (plain.top1 === null || seAgainstPlain === null) {
    return `On ${place(answered)}, top-1 with SE is ${within(se.top1)}.`;
  }
  const gain = se.top1.share - plain.top1.share;
  const shares = `top-1 is ${within(plain.top1)} plain and ${within(se.top1)} with SE`;
  const { onlyFirst, onlySecond, p } = seAgainstPlain;
  const verdict =
    p < apartBelow
      ? `SE ${gain > 0 ? "gains" : "loses"} ${formatPoints(Math.abs(gain))}`
      : `these ${formatImages(images)} images cannot tell the two apart`;
  return (
    `On ${place(answered)}, ${shares}: ${verdict} ` +
    `(${onlyFirst} images only SE has right, ${onlySecond} only plain, ${formatP(p)}).`
  );
}

/**
 * Whether a runtime is right less often than the oracle, or than the first runtime, beyond chance.
 */
function losesAccuracy(of: RuntimeSummary["plain"]): boolean {
  if (of.top1 === null) return false;
  const { oracle, first } = of;
  return [oracle, first].some(
    (beside) => beside && beside.p < lostBelow && beside.onlySecond > beside.onlyFirst,
  );
}

function lossSentences(
  { network, plain }: EvaluationRecord,
  summary: RuntimeSummary,
  place: Label,
): string[] {
  return (["plain", "se"] as const)
    .filter((member) => losesAccuracy(summary[member]))
    .map((member) => {
      const name = member === "se" ? network : plain;
      return `ACCURACY IS LOST by ${name} on ${place(summary.answered)}: see what it lost in the table.`;
    });
}

/** The number of broken files that are named; there may be thousands. */
const named = 20;

function brokenNotes({ broken, labels }: EvaluationRecord): string[] {
  if (broken.length === 0) return [];
  const all = formatImages(broken.length + labels.length);
  const more = broken.length > named ? ["..."] : [];
  return [
    `${formatImages(broken.length)} of ${all} images could not be read, and count nowhere:`,
    ...broken.slice(0, named).map(({ file, reason }) => `${file}: ${reason}`),
    ...more,
  ];
}

function missingNotes({ answers }: EvaluationRecord, place: Label): string[] {
  return answers.flatMap((of) => {
    if (of.status === "ok") return [];
    const remedy = of.remedy === null ? "" : ` (${of.remedy})`;
    return [`Not ${place(of)}: ${of.reason}${remedy}`];
  });
}
