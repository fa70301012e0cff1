import { buildMember } from "@sebench/pairs";
import { type ExcitationBlock, type ExcitationsRecord, excitationsVersion } from "@sebench/results";
import { type Excitation, excitationsOf, InputError } from "@sebench/spec";
import { contentHash } from "@sebench/weights";
import { originOf } from "../run/provenance.ts";
import type { Subject } from "../run/subject.ts";
import { deviationOf, type Moments } from "./gate-statistics.ts";
import type { ExcitationsRequest, ObservedExcitations } from "./observe-excitations.ts";
import { accuracyOf, compareReplacement } from "./replaced-gates.ts";

/**
 * The most classes whose values a record holds in full; of more, it holds only those that are
 * drawn.
 */
const allRecorded = 20;

export async function describeExcitations(
  request: ExcitationsRequest,
  observed: ObservedExcitations,
  answering: Subject["answering"],
  started: string,
): Promise<ExcitationsRecord> {
  const { member, dataset, classes, range } = request;
  const seen = observed.statistics.classes;
  const drawn = drawnClasses(classes, seen, dataset.classes);
  const recorded = seen.size <= allRecorded ? [...seen.keys()] : drawn;
  const [untouched] = observed.tops;
  const { proven: _, reason: __, ...attested } = observed.attestation;
  return {
    schema: excitationsVersion,
    ...(await originOf(started)),
    network: member.network.name,
    imageSize: range.size,
    weights: await describeWeightsOf(request),
    dataset: {
      name: dataset.name,
      identity: await dataset.identity(),
      preprocessing: dataset.preprocessing,
      classes: dataset.classes,
      ...(dataset.listing === undefined ? {} : { listing: dataset.listing }),
    },
    images: observed.labels.length,
    broken: observed.broken,
    ...answering,
    precision: "fp32",
    attestation: { ...attested, proven: true, reason: null },
    drawn,
    untouched: accuracyOf(untouched!, observed.labels),
    blocks: blocksOf(excitationsOf(member.network), observed, recorded, dataset.classes),
  };
}

async function describeWeightsOf({
  pair,
  member,
}: ExcitationsRequest): Promise<ExcitationsRecord["weights"]> {
  const plain = await buildMember(pair.description, "plain");
  const hash = {
    plain: await contentHash(plain.weights),
    se: await contentHash(member.weights),
  };
  return { ...pair.origin, hash };
}

function blocksOf(
  excitations: readonly Excitation[],
  { statistics, tops, labels }: ObservedExcitations,
  recorded: readonly number[],
  names: readonly string[] | null,
): ExcitationBlock[] {
  const seen = statistics.classes;
  let from = 0;
  return excitations.map(({ stage, block, gate, kind, channels }, index) => {
    const to = from + channels;
    const values = (moments: Moments) => valuesOf(moments, from, to);
    const described: ExcitationBlock = {
      stage,
      block: block === null ? null : block + 1,
      node: gate.name,
      gate: kind,
      channels,
      all: values(statistics.all),
      classes: recorded.map((label) => {
        const own = seen.get(label)!;
        return Object.assign(
          { label, name: names?.[label] ?? null, images: own.rows },
          values(own),
        );
      }),
      betweenClasses: statistics.betweenClasses(from, to),
      replacedByMean: compareReplacement(tops[1 + 2 * index]!, tops[0]!, labels),
      replacedByOne: compareReplacement(tops[2 + 2 * index]!, tops[0]!, labels),
    };
    from = to;
    return described;
  });
}

function valuesOf(moments: Moments, from: number, to: number): ExcitationBlock["all"] {
  const digits = (values: Float64Array) =>
    Array.from(values.subarray(from, to), (value) => Number(value.toPrecision(7)));
  return { mean: digits(moments.mean), deviation: digits(deviationOf(moments)) };
}

/**
 * The most classes that a chart draws, which is as many as its colours tell apart. The paper draws
 * four as well (SENet v4, figure 6).
 */
const mostDrawn = 4;

/**
 * Reads the labels of the classes that `--classes` names, by name or by label, separated by commas
 * or repeated. A name that holds a comma is given alone.
 *
 * @param names the names of all classes, in label order, or null where classes have labels only
 */
export function readClasses(
  texts: readonly string[],
  names: readonly string[] | null,
): readonly number[] {
  const items = texts.flatMap((text) =>
    names?.includes(text.trim()) ? [text] : text.split(",").filter((item) => item.trim() !== ""),
  );
  const labels = [...new Set(items.map((item) => labelOf(item.trim(), names)))];
  if (labels.length >= 1 && labels.length <= mostDrawn) return labels;
  throw new InputError(`--classes names ${labels.length} classes`, {
    remedy: `name from 1 to ${mostDrawn}`,
  });
}

function labelOf(item: string, names: readonly string[] | null): number {
  const named = names?.indexOf(item) ?? -1;
  if (named >= 0) return named;
  const label = /^\d{1,9}$/.test(item) ? Number(item) : -1;
  if (label >= 0 && label < (names?.length ?? Infinity)) return label;
  const known = names?.slice(0, 20).join(", ");
  throw new InputError(`--classes does not know "${item}"`, {
    remedy:
      known === undefined
        ? "the classes have no names: give their numbers"
        : `choose from ${known}${names!.length > 20 ? ", ..." : ""}, or give a class's number`,
  });
}

/**
 * The labels to draw, of those that were seen.
 *
 * @param asked the labels that were asked for, or null for the first four
 */
export function drawnClasses(
  asked: readonly number[] | null,
  seen: ReadonlyMap<number, unknown>,
  names: readonly string[] | null,
): readonly number[] {
  if (asked === null) return [...seen.keys()].slice(0, mostDrawn);
  const missing = asked.find((label) => !seen.has(label));
  if (missing === undefined) return asked;
  throw new InputError(`no image is of class ${names?.[missing] ?? missing}`, {
    remedy: "raise --images, or name another class with --classes",
  });
}
