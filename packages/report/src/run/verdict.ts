import { type OkCase, parityHolds, type RunRecord } from "@sebench/results";
import { caseLabels, workLabel } from "../case/case-label.ts";
import { disturbanceText, noiseFloorText } from "../case/certainty.ts";
import { accuracyNote, accuracySentences, parityText, referenceText } from "../case/correctness.ts";
import { sameButLowering } from "../case/naive-form.ts";
import { formatMs, formatMsWithin, formatNumberOf, formatOverheadWithin } from "../text/format.ts";
import { outcomesOf } from "./outcome.ts";
import { type Ranking, rankingsOf, slowdownOf } from "./ranking.ts";

/** The sentences of a run about one pair at one size and batch. */
export interface Verdict {
  /** The pair with its size and batch: `se-resnet50, 224 px, batch 1`. */
  readonly work: string;
  /** The sentence that says what SE costs at the least and at the most, and where. */
  readonly cost: string;
  /**
   * The sentence that names the fastest runtime and the next ones; there is none where nothing is
   * ranked.
   */
  readonly speed: readonly string[];
  /** The sentence that names what is not ranked, and why. */
  readonly unranked: readonly string[];
  /** The sentences about labelled images, one of them for each member whose accuracy is lost. */
  readonly accuracy: readonly string[];
  /**
   * The sentences that say what cannot be told apart on this machine, for each ranked case that
   * was calibrated.
   */
  readonly noise: readonly string[];
}

type Label = (record: OkCase) => string;

/**
 * The verdicts of a run, one for each work: what SE costs where, and which runtime is the fastest.
 */
export function verdictsOf(run: RunRecord): Verdict[] {
  const label = caseLabels(run.cases);
  return rankingsOf(run).map((ranking) => ({
    work: ranking.work,
    cost: costSentence(ranking.ranked, label),
    speed: fastestSentences(ranking, label),
    unranked: unrankedSentences(ranking.unranked, label),
    accuracy: accuracySentences([...ranking.ranked, ...ranking.unranked], label),
    noise: noiseSentences(ranking.ranked, label),
  }));
}

/** All sentences of a verdict, in order. */
export function sentencesOf({ cost, speed, unranked, accuracy, noise }: Verdict): string[] {
  return [cost, ...speed, ...unranked, ...accuracy, ...noise];
}

function costSentence(ranked: readonly OkCase[], label: Label): string {
  const byCost = ranked.toSorted((a, b) => a.overhead.ratio - b.overhead.ratio);
  const [least, most] = [byCost[0], byCost.at(-1)];
  if (!least || !most) return "Nothing here can be ranked.";
  if (least === most) return `SE costs ${costOn(least, label)}.`;
  return `SE costs from ${costOn(least, label)} to ${costOn(most, label)}.`;
}

function costOn(record: OkCase, label: Label): string {
  const { ratio, interval } = record.overhead;
  const doubt = interval === null ? " (one replica, so no interval)" : "";
  return `${formatOverheadWithin(ratio, interval)} on ${label(record)}${doubt}`;
}

function fastestSentences({ ranked, fastest }: Ranking, label: Label): string[] {
  const [first, second] = ranked;
  if (!first) return [];
  if (!second) return [`Only ${label(first)} can be ranked, at ${medianOf(first)}.`];
  if (fastest.length > 1) {
    const names = listed(fastest.map((record) => `${label(record)} (${medianOf(record)})`));
    return [`Fastest, and they cannot be told apart: ${names}.`];
  }
  const form = ranked.find((record) => record !== first && sameButLowering(record, first));
  const elsewhere = ranked.find((record) => !sameButLowering(record, first));
  const next = ranked.filter((record) => record === form || record === elsewhere);
  const slower = next.map((record) => `; ${label(record)} takes ${timesAsLong(record, first)}`);
  return [`Fastest: ${label(first)} at ${medianOf(first)}${slower.join("")}.`];
}

function timesAsLong(record: OkCase, first: OkCase): string {
  const { factor, by } = slowdownOf(record, first);
  return `${formatFactor(factor)} as long${comparedBy[by]}`;
}

const comparedBy: Readonly<Record<ReturnType<typeof slowdownOf>["by"], string>> = {
  rounds: ", in the same rounds",
  overhead: ", each against its plain network",
  latency: "",
};

/** A factor of times with few digits: `1.08 times`, `9.2 times`, `40 times`. */
export function formatFactor(factor: number): string {
  const decimals = factor < 2 ? 2 : 1;
  return `${factor.toFixed(factor < 10 ? decimals : 0)} times`;
}

/** The median latency of the network with SE, with its interval. */
export function medianOf({ members }: OkCase): string {
  const { p50, p50Interval } = members.se.latencyMs;
  return formatMsWithin(p50, p50Interval);
}

function unrankedSentences(unranked: readonly OkCase[], label: Label): string[] {
  if (unranked.length === 0) return [];
  const names = unranked.map((record) => `${label(record)} (${whyUnranked(record)})`);
  return [`Not ranked: ${listed(names)}.`];
}

function noiseSentences(ranked: readonly OkCase[], label: Label): string[] {
  return ranked.flatMap((record) => {
    const text = noiseFloorText(record);
    return text === null ? [] : [`On ${label(record)}, ${text}.`];
  });
}

/** The reason why a case has no rank. */
function whyUnranked(record: OkCase): string {
  return parityHolds(record) ? "software GPU: the CPU did its work" : "its output is wrong";
}

/** Names in a row: `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} and ${names.at(-1)!}`;
}

const rightOutput = (record: OkCase) =>
  record.reference === undefined ? "the oracle's" : `that of ${referenceText(record)}`;

/** The sentence about one case. */
export function caseVerdict(record: OkCase, label: Label): string {
  const { ratio, interval } = record.overhead;
  const place = `on ${label(record)} for ${workLabel(record)}`;
  if (!parityHolds(record)) {
    return `No verdict ${place}: its output differs from ${rightOutput(record)}, so its latency is not ranked${accuracyNote(record)}.`;
  }
  const cost = formatOverheadWithin(ratio, interval);
  const disturbance = disturbanceText(record);
  const note = disturbance === null ? "" : `; ${disturbance}`;
  return `${costInWords(record, cost)} ${place}${softwareNote(record)}; parity ${parityText(record)}${accuracyNote(record)}${note}.`;
}

function costInWords({ overhead: { interval } }: OkCase, cost: string): string {
  if (interval === null) return `SE costs ${cost} (one replica, so no interval)`;
  if (interval[0] > 1) return `SE costs ${cost}`;
  if (interval[1] < 1) return `SE is faster than plain, ${cost},`;
  return `The cost of SE cannot be told from zero, ${cost},`;
}

function softwareNote({ attestation }: OkCase): string {
  return attestation.software ? " (software GPU)" : "";
}

/**
 * The number of cases by outcome: `12 cases ran, 1 of them with wrong output, 1 not timed; 2
 * failed; 2 unavailable`.
 */
export function tally(run: RunRecord): string {
  const { right, wrong, untimed, failed, unavailable } = outcomesOf(run);
  const all = right.length + wrong.length + untimed.length;
  const bad = wrong.length + untimed.filter((record) => !parityHolds(record)).length;
  const ran = [
    formatNumberOf(all, "case ran", "cases ran"),
    ...(bad === 0 ? [] : [`${bad} of them with wrong output`]),
    ...(untimed.length === 0 ? [] : [`${untimed.length} not timed`]),
  ];
  return [
    ran.join(", "),
    ...(failed.length === 0 ? [] : [`${failed.length} failed`]),
    ...(unavailable.length === 0 ? [] : [`${unavailable.length} unavailable`]),
  ].join("; ");
}

/** What stands in place of headlines where no case was timed. */
export function nothingTimed(run: RunRecord): string {
  return outcomesOf(run).untimed.length === 0
    ? "Nothing could be measured."
    : "Nothing was timed: software GPUs alone ran, and they prove parity and device.";
}

/** The sentences about cases that were not timed and whose output is wrong. */
export function wrongUntimedSentences(run: RunRecord): string[] {
  const label = caseLabels(run.cases);
  return outcomesOf(run)
    .untimed.filter((record) => !parityHolds(record))
    .map((record) => `The output of ${label(record)} for ${workLabel(record)} is wrong.`);
}

/** The reason why a run may hold less than it was asked for, or null where it was finished. */
export function incompleteness({ run }: RunRecord): string | null {
  if (run.interrupted) return "The run was interrupted: go on with --resume.";
  if (run.finished === null) return "The run has not finished: go on with --resume.";
  return null;
}

/** The medians of plain and SE side by side: `42.4 ms → 46.8 ms`. */
export function formatStep({ members: { plain, se } }: OkCase): string {
  return `${formatMs(plain.latencyMs.p50, plain.latencyMs.p50Interval)} → ${formatMs(se.latencyMs.p50, se.latencyMs.p50Interval)}`;
}
