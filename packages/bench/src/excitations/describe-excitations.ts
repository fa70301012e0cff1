import { buildMember } from "@sebench/pairs";
import {
  describeMachine,
  type ExcitationBlock,
  type ExcitationsRecord,
  excitationsVersion,
} from "@sebench/results";
import { type Excitation, excitationsOf } from "@sebench/spec";
import { contentHash } from "@sebench/weights";
import { provenance } from "../run/provenance.ts";
import type { Subject } from "../run/subject.ts";
import { drawnClasses } from "./drawn-classes.ts";
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
    run: { started, finished: new Date().toISOString(), ...(await provenance()) },
    machine: await describeMachine(),
    network: member.network.name,
    imageSize: range.size,
    weights: await describeWeightsOf(request),
    dataset: {
      name: dataset.name,
      identity: dataset.identity,
      preprocessing: dataset.preprocessing,
      classes: dataset.classes,
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
  return excitations.map(({ stage, block, gate, channels }, index) => {
    const to = from + channels;
    const values = (moments: Moments) => valuesOf(moments, from, to);
    const described: ExcitationBlock = {
      stage,
      block: block === null ? null : block + 1,
      node: gate.name,
      gate: gate.op.kind,
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
