import {
  describeListing,
  describeWeights,
  type ExcitationBlock,
  type ExcitationsRecord,
} from "@sebench/results";
import { machineFacts } from "../run/provenance.ts";
import {
  formatImages,
  formatMoment,
  formatP,
  formatShare,
  formatShareWithin,
} from "../text/format.ts";
import { type BlockLosses, type Loss, lossesOf } from "./loss.ts";

/** The content of every form of the report of excitations, as plain text. */
export interface ExcitationsContent {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
  readonly facts: readonly (readonly [string, string])[];
}

export const excitationsColumns = [
  { title: "Block", align: "left" },
  { title: "Channels", align: "right" },
  { title: "Gate", align: "right" },
  { title: "Between classes", align: "right" },
  { title: "Lost at its mean", align: "right" },
  { title: "p", align: "right" },
  { title: "Lost at 1", align: "right" },
  { title: "p", align: "right" },
] as const;

/** The sentences that say how a figure of the table came to be, for all forms of the report. */
export const explanations: readonly string[] = [
  "Gate: its mean over all channels and images, ± the standard deviation from image to image, which is the mean of the channels'. Between classes: the share of the gate's variance that lies between the classes and not within them, less what chance gives; 0 % is a gate that does not know the class.",
  "Lost: points of top-1 with the gate at its mean or at 1, against the untouched network on the same images, with the 95 % interval of Bonett and Price for paired shares; below 0 the changed network is right more often. p is of McNemar's exact test, adjusted by Holm's method for all these tests; below 0.05 the two networks are told apart.",
  "The means are of the same images that the network is then asked about. Each block is changed alone: what several lose together is not known from it.",
];

export function excitationsContent(record: ExcitationsRecord): ExcitationsContent {
  const { network, dataset, images, blocks, imageSize, run, weights, precision } = record;
  const losses = lossesOf(record);
  return {
    title: `What the gates of ${network} say of ${formatImages(images)} images`,
    sentences: [
      untouchedSentence(record),
      ...(weights.kind === "seeded" ? [seededSentence] : []),
      ...classSentences(blocks),
      ...dropSentences(record, losses),
    ],
    rows: blocks.map((block, index) => rowOf(block, losses[index]!)),
    notes: [
      ...(dataset.listing === undefined ? [] : describeListing(dataset.listing)),
      ...brokenNotes(record),
    ],
    facts: [
      ["Dataset", dataset.name],
      ["Images", `${formatImages(images)}, at ${imageSize} px, in ${precision}`],
      ["Preprocessing", dataset.preprocessing],
      ["Dataset's identity", dataset.identity],
      ["Weights", describeWeights(weights)],
      [
        "Runtime",
        `${record.runtime} ${record.engineVersion}, ${record.host} ${record.hostVersion}`,
      ],
      ["sebench", commitOf(run)],
      ["Started", formatMoment(run.started)],
      ...machineFacts(record.machine),
    ],
  };
}

/**
 * The name of a block in the paper (SENet v4, figure 6): `SE_4_6` is the sixth block of stage 4.
 */
export function blockName({ stage, block, node }: ExcitationBlock): string {
  return stage === null || block === null ? node : `SE_${stage}_${block}`;
}

/** The mean of all channels and images, and the mean of the channels' deviations: `0.52 ± 0.08`. */
export function meanGate({ all, channels }: ExcitationBlock): string {
  const over = (values: readonly number[]) =>
    (values.reduce((sum, value) => sum + value, 0) / channels).toFixed(2);
  return `${over(all.mean)} ± ${over(all.deviation)}`;
}

/** A loss with its interval, in points of top-1: `1.2 [0.3, 2.1]`. */
export function lossText({ share, interval: [low, high] }: Loss): string {
  return `${points(share)} [${points(low)}, ${points(high)}]`;
}

function points(share: number): string {
  const text = (100 * share).toFixed(1);
  return text === "-0.0" ? "0.0" : text.replace("-", "−");
}

function rowOf(block: ExcitationBlock, { byMean, byOne }: BlockLosses): string[] {
  const { betweenClasses } = block;
  return [
    blockName(block),
    String(block.channels),
    meanGate(block),
    betweenClasses === null ? "unknown" : formatShare(Math.max(0, betweenClasses)),
    lossText(byMean),
    chanceText(byMean),
    lossText(byOne),
    chanceText(byOne),
  ];
}

const seededSentence =
  "The weights are seeded and have learned nothing: what follows says nothing of a trained network.";

/** A p value for a column whose title says "p": `0.3`, `< 0.001`. */
function chanceText({ p }: Loss): string {
  return formatP(p).replace(/^p (?:= )?/, "");
}

function untouchedSentence(record: ExcitationsRecord): string {
  const { network, images, runtime, untouched } = record;
  const right = formatShareWithin(untouched.top1, untouched.interval);
  return `Untouched, ${network} has ${right} of ${formatImages(images)} images right on ${runtime}.`;
}

/** The sentences that say which gate knows least of the class, and which most. */
function classSentences(blocks: readonly ExcitationBlock[]): string[] {
  const told = blocks.flatMap((block) =>
    block.betweenClasses === null ? [] : [{ block, share: Math.max(0, block.betweenClasses) }],
  );
  const ascending = told.toSorted((one, other) => one.share - other.share);
  const [least, most] = [ascending[0], ascending.at(-1)];
  if (!least || !most || least.share === most.share) return [];
  return [
    `The class explains ${formatShare(least.share)} of the variance of the gate in ${blockName(least.block)}, the least, and ${formatShare(most.share)} in ${blockName(most.block)}, the most.`,
  ];
}

function dropSentences(record: ExcitationsRecord, losses: readonly BlockLosses[]): string[] {
  const named = (kind: keyof BlockLosses) =>
    losses.map((of, index) => ({ name: blockName(record.blocks[index]!), loss: of[kind] }));
  return [
    ...sentencesOf("With the gate at its mean", named("byMean"), record.images),
    ...sentencesOf(
      "With the gate at 1, which is to say without the block",
      named("byOne"),
      record.images,
    ),
  ];
}

interface NamedLoss {
  readonly name: string;
  readonly loss: Loss;
}

function sentencesOf(how: string, all: readonly NamedLoss[], images: number): string[] {
  const of = (verdict: Loss["verdict"]) => all.filter(({ loss }) => loss.verdict === verdict);
  const [untold, losing, open, gaining] = [of("cannot tell"), of("loses"), of("open"), of("gains")];
  const most = Math.max(...untold.map(({ loss }) => loss.interval[1]));
  const names = listed(
    untold.map(({ name }) => name),
    "or",
  );
  const parts = [
    untold.length > 0 &&
      `${untold.length === all.length && all.length > 1 ? "any one block" : names} can be dropped here, as far as these ${formatImages(images)} images tell: the network cannot be told from the untouched one, and at most ${points(most)} points are lost (95 %)`,
    losing.length > 0 && `${listed(losing.map(figures))} cannot be dropped`,
    open.length > 0 && `of ${listed(open.map(figures))} more images would have to tell`,
    gaining.length > 0 && `it is right more often without ${listed(gaining.map(figures))}`,
  ];
  return [`${how}, ${parts.filter((part) => part !== false).join("; ")}.`];
}

function figures({ name, loss }: NamedLoss): string {
  return `${name} (${points(loss.share)} points, ${formatP(loss.p)})`;
}

function listed(items: readonly string[], word: "and" | "or" = "and"): string {
  const type = word === "and" ? "conjunction" : "disjunction";
  return new Intl.ListFormat("en-GB", { type }).format(items);
}

/** The number of broken files that are named; there may be thousands. */
const namedFiles = 20;

function brokenNotes({ broken, images }: ExcitationsRecord): string[] {
  if (broken.length === 0) return [];
  const all = formatImages(broken.length + images);
  return [
    `${formatImages(broken.length)} of ${all} images could not be read, and count nowhere:`,
    ...broken.slice(0, namedFiles).map(({ file, reason }) => `${file}: ${reason}`),
    ...(broken.length > namedFiles ? ["..."] : []),
  ];
}

function commitOf({ sebench, git }: ExcitationsRecord["run"]): string {
  if (git === null) return sebench;
  return `${sebench}, commit ${git.commit}${git.dirty ? ", with changes" : ""}`;
}
