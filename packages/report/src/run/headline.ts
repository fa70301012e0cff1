import { type Interval, type OkCase, parityHolds, type RunRecord } from "@sebench/results";
import { shellQuoted } from "@sebench/spec";
import { caseLabels, caseNames } from "../case/case-label.ts";
import { disturbanceText } from "../case/certainty.ts";
import { lossSentences, labelledCases } from "../case/correctness.ts";
import { formLabel, sameButLowering } from "../case/naive-form.ts";
import { formatMs, formatOverheadWithin } from "../text/format.ts";
import { gainText, type LoweringGain, loweringGains } from "./lowering-gain.ts";
import { type Ranking, rankingsOf, slowdownOf } from "./ranking.ts";
import { formatFactor, listed, medianOf } from "./verdict.ts";

/** The message of all cases of one work, as a reader takes it away at a glance. */
export interface Headline {
  readonly ranking: Ranking;
  /** The half sentence that names the fastest runtime. */
  readonly fastest: string;
  /** The other half, which says what SE costs there and what rewriting gains; null where nothing is ranked. */
  readonly cost: string | null;
  /**
   * The fastest in the browser against the fastest outside, without a capital, to follow a title;
   * null where nothing is ranked, or where the whole run is of one side.
   */
  readonly browser: string | null;
  /**
   * The sentences that a reader must know before trusting the figures: wrong output, lost
   * accuracy, disturbance.
   */
  readonly warnings: readonly string[];
}

/** Everything that a sentence about one ranking needs to know of its run. */
interface Context {
  readonly cases: RunRecord["cases"];
  readonly gains: readonly LoweringGain[];
  /** Whether the run has ranked cases both in a browser and outside. */
  readonly hasBothSides: boolean;
  readonly placeOf: (record: OkCase) => string;
  readonly label: (record: OkCase) => string;
}

/** A headline for each work of a run, in the order of the run. */
export function headlinesOf(run: RunRecord): Headline[] {
  const nameOf = caseNames(run.cases);
  const rankings = rankingsOf(run);
  const ranked = rankings.flatMap((ranking) => ranking.ranked);
  const context: Context = {
    cases: run.cases,
    hasBothSides: ranked.some(isBrowser) && !ranked.every(isBrowser),
    gains: loweringGains(run),
    placeOf: (record) => nameOf(record).place,
    label: caseLabels(run.cases),
  };
  return rankings.map((ranking) => {
    const leaders = placesOf(ranking.fastest).map((record) => bestFormOf(record, context));
    return {
      ranking,
      fastest: fastestText(ranking, leaders, context),
      cost: leaders.length === 0 ? null : costText(leaders, context),
      browser: browserText(ranking.ranked, context),
      warnings: warningsOf(ranking, leaders, context),
    };
  });
}

/** The first case of each place, whatever form SE has in it. */
function placesOf(records: readonly OkCase[]): OkCase[] {
  return records.filter(
    (record, index) => records.findIndex((other) => sameButLowering(record, other)) === index,
  );
}

/** The form in which SE costs the least there, of those that were measured. */
function bestFormOf(record: OkCase, { gains }: Context): OkCase {
  return gains.find(({ naive }) => sameButLowering(naive, record))?.best ?? record;
}

function fastestText({ ranked, unranked }: Ranking, leaders: OkCase[], context: Context): string {
  const { placeOf } = context;
  const [first, ...others] = leaders;
  if (!first) {
    return unranked.every(parityHolds)
      ? "Nothing here can be ranked: software GPUs alone ran this network, and their times are a CPU's."
      : "Nothing here can be ranked.";
  }
  if (others.length > 0) {
    const names = listed(leaders.map((record) => `${placeOf(record)} (${medianOf(record)})`));
    return `${names} are the fastest and cannot be told apart;`;
  }
  const alone = placesOf(ranked).length === 1;
  return alone
    ? `Only ${placeOf(first)} can be ranked, at ${medianOf(first)};`
    : `${placeOf(first)} is the fastest at ${medianOf(first)};`;
}

function costText(leaders: readonly OkCase[], { gains, cases }: Context): string {
  const [leader, ...others] = leaders;
  const gain = gains.find(({ naive }) => sameButLowering(naive, leader!));
  if (others.length > 0) return costsOf(leaders);
  if (!gain) return `SE costs ${costOf(leader!)} there.`;
  const { naive, best } = gain;
  if (best === naive) {
    return `SE costs ${costOf(naive)} there in the naive form (${naive.lowering}), and no other form that was measured costs less.`;
  }
  const form = formLabel(best, cases);
  const rewriting = form === "rewritten" ? "rewriting" : `writing it as ${form}`;
  return `${rewriting} takes SE's cost there from ${costOf(naive)} in the naive form (${naive.lowering}) to ${costOf(best)}${gainedText(gain)}.`;
}

/** What the best form gains over the naive one, to follow what SE costs in both. */
function gainedText(gain: LoweringGain): string {
  if (!slowdownOf(gain.naive, gain.best).beyondDoubt) {
    return "; these cannot be told apart, so whether it gains anything is open";
  }
  const paired = gainText(gain);
  return paired === null ? "" : `: ${paired} of the network's time`;
}

/** An interval is called wide where it spans more than ten points, and more than half of the overhead. */
function isWide(ratio: number, [low, high]: Interval): boolean {
  return high - low > Math.max(0.1, 0.5 * Math.abs(ratio - 1));
}

/** An overhead with its interval, and the doubt that it leaves. */
function costOf(record: OkCase): string {
  const doubt = doubtOf(record);
  return doubt === null ? plainCostOf(record) : `${plainCostOf(record)} (${doubt})`;
}

function plainCostOf({ overhead: { ratio, interval } }: OkCase): string {
  return formatOverheadWithin(ratio, interval);
}

/** The costs on several runtimes; a doubt that they share is said once. */
function costsOf(records: readonly OkCase[]): string {
  const doubt = doubtOf(records[0]!);
  return doubt !== null && records.every((record) => doubtOf(record) === doubt)
    ? `SE costs ${listed(records.map(plainCostOf))} there, in this order (each ${doubt}).`
    : `SE costs ${listed(records.map(costOf))} there, in this order.`;
}

/**
 * The doubt that the interval of an overhead leaves, or null where the interval is narrow and
 * apart from zero.
 */
function doubtOf({ overhead: { ratio, interval } }: OkCase): string | null {
  if (interval === null) return "one replica, so no interval";
  if (interval[0] <= 1 && interval[1] >= 1) return "cannot be told from zero";
  return isWide(ratio, interval) ? "a wide interval" : null;
}

/**
 * The sentence that says how to narrow the first interval that leaves a doubt on the fastest
 * runtimes, or null where none does.
 */
export function adviceOf(headlines: readonly Headline[]): string | null {
  const doubtful = headlines
    .flatMap(({ ranking }) => ranking.fastest)
    .find((record) => doubtOf(record) !== null);
  if (!doubtful) return null;
  const { runtime, network, weights } = doubtful;
  if (weights.kind === "model") {
    return `More time narrows an interval: give the same flags, and --budget 60, for ${weights.name} on ${runtime}.`;
  }
  return `More time narrows an interval: \`pnpm bench --runtime ${runtime} --network ${shellQuoted(network)} --budget 60\`.`;
}

/** Hosts that are not browsers, and how they are called. */
const outside: Readonly<Record<string, string>> = { node: "Node", bun: "Bun", deno: "Deno" };

function isBrowser({ host }: OkCase): boolean {
  return !(host in outside);
}

function browserText(ranked: readonly OkCase[], context: Context): string | null {
  if (ranked.length === 0 || !context.hasBothSides) return null;
  const within = ranked.filter(isBrowser);
  const without = ranked.filter((record) => !isBrowser(record));
  const hosts = [...new Set(without.map(({ host }) => outside[host]!))].join(" or ");
  if (without.length === 0) return "nothing outside the browser is ranked on this network.";
  if (within.length === 0) return "no browser is ranked on this network.";
  const [page, other] = [within[0]!, without[0]!];
  const pageIsFirst = ranked.indexOf(page) < ranked.indexOf(other);
  const { factor, beyondDoubt } = pageIsFirst ? slowdownOf(other, page) : slowdownOf(page, other);
  const slower = `${pageIsFirst ? hosts : "the browser"} takes ${formatFactor(factor)} as long`;
  const outcome = beyondDoubt ? slower : "these cannot be told apart";
  return `in the browser ${sideText(within, context)}; in ${hosts} ${sideText(without, context)}: ${outcome}.`;
}

/** The fastest of one side, with all that cannot be told apart from it. */
function sideText(side: readonly OkCase[], { placeOf }: Context): string {
  const first = side[0]!;
  const tied = placesOf(side.filter((record) => !slowdownOf(record, first).beyondDoubt));
  const names = tied.map((record) => {
    const { p50, p50Interval } = record.members.se.latencyMs;
    return `${placeOf(record)} (${formatMs(p50, p50Interval)})`;
  });
  return `${listed(names)} ${names.length === 1 ? "is" : "are"} the fastest`;
}

function warningsOf(ranking: Ranking, leaders: readonly OkCase[], { label }: Context): string[] {
  const wrong = ranking.unranked.filter((record) => !parityHolds(record));
  const labelled = labelledCases([...ranking.ranked, ...ranking.unranked]);
  return [
    ...wrong.map((record) => `${label(record)} is not ranked: its output is wrong.`),
    ...labelled.flatMap((each) => lossSentences(each, label)),
    ...leaders.flatMap((record) => {
      const text = disturbanceText(record);
      return text === null ? [] : [`On ${label(record)}, ${text}.`];
    }),
  ];
}
