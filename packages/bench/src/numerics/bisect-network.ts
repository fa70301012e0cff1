import type { JobHost, OpenHosts, Watch } from "@sebench/hosts";
import { foldedForm, JobError, type NetworkMember, type NodesJob } from "@sebench/jobs";
import type { LoweredNetwork } from "@sebench/lowering";
import { compareLogits, type Member, toleranceFor } from "@sebench/measure";
import { imagesOf, lowerMember, type RunWeights } from "@sebench/pairs";
import {
  firstWrongNode,
  type NodeValues,
  oracleValues,
  type SeenNode,
  splitImages,
  type WrongNode,
} from "@sebench/reference";
import type { BisectionRow, WrongOperator } from "@sebench/report";
import { formsOfPair, pairOf, proveJob, rangesOf, requireProven } from "../case/case-job.ts";
import { OracleAnswers, RangeAnswers } from "../case/shared-answers.ts";
import { engineOptionsOf, type RunOptions } from "../plan/options.ts";
import { defaultSeed, profiles } from "../plan/profile.ts";
import type { NetworkRun } from "../soak/soak-networks.ts";

/** One network on one runtime, before it is bisected. */
export type BisectionPlan = NetworkRun;

export interface BisectionContext {
  readonly options: RunOptions;
  readonly weights: RunWeights;
  readonly hosts: Pick<OpenHosts, "of">;
  readonly signal: AbortSignal;
  readonly onProgress: Watch["onProgress"];
  /** Called with each node that a runtime was asked for. */
  readonly onNode: (seen: SeenNode) => void;
}

/** The most time that one question to a runtime takes where `--timeout` is not given, in seconds. */
const usualSeconds = 600;

/**
 * Finds the node at which a network goes wrong on a runtime, on the image that is furthest from the
 * oracle.
 *
 * @throws JobError where the runtime is not available, gives no answer, or its device is not proven
 */
export async function bisectNetwork(
  context: BisectionContext,
  { plan, member, target }: BisectionPlan,
): Promise<BisectionRow> {
  const { options, hosts, signal, onProgress } = context;
  const { availability } = target;
  if (!availability.ok) {
    const { reason, remedy } = availability;
    throw new JobError(`${plan.runtime} is not available: ${reason}`, { remedy });
  }
  const host = hosts.of(plan.host);
  const watch = { signal, onProgress, timeoutMs: 1000 * (options.timeoutSeconds ?? usualSeconds) };
  const { source } = await context.weights(plan);
  const pair = pairOf(plan, source);
  const oracle = (await new OracleAnswers().of(pair, watch))[member];
  const ranges = await rangesOf(plan, pair, new RangeAnswers(), watch);
  const seed = options.seed ?? defaultSeed;
  const job = proveJob(
    { options, profile: profiles.quick, seed },
    [plan],
    formsOfPair([plan], pair, [ranges]),
  );
  const proof = (await host.run(job, watch)).proofs[member === "plain" ? 0 : 1]!;
  requireProven([proof.attestation]);
  const tolerance = toleranceFor(plan.precision, proof.attestation);
  const compared = compareLogits(proof.logits, oracle.logits, {
    classes: oracle.classes,
    tolerance,
  });
  const image = furthestImage(proof.logits, oracle.logits, oracle.classes);
  const members = { kind: "networks", pair, member, lowering: plan.lowering } as const;
  const lowered = foldedForm(await lowerMember(pair, member, plan.lowering, plan.batch));
  const wrong = compared.pass
    ? null
    : await search(lowered, await imageAt(pair, lowered, image), tolerance, context, (names) =>
        askNodes(host, { options, plan, members, nodes: { names, image, ranges } }, watch),
      );
  return {
    ...subjectOf(plan, member),
    engineVersion: availability.version,
    hostVersion: host.version,
    images: compared.images,
    parity: { ...compared, relative: finite(compared.relative), maxAbs: finite(compared.maxAbs) },
    image: compared.pass ? null : image,
    wrong,
  };
}

export const finite = (value: number) => (Number.isFinite(value) ? value : null);

function subjectOf(plan: BisectionPlan["plan"], member: Member) {
  const { runtime, host, imageSize, batch, precision, lowering } = plan;
  const network = member === "se" ? plan.network : plan.plain;
  return { runtime, host, network, imageSize, batch, precision, lowering };
}

/** The image whose logits are furthest from the oracle's, or whose top class is another one. */
export function furthestImage(given: Float32Array, right: Float64Array, classes: number): number {
  const rows = Array.from({ length: right.length / classes }, (_, image) => {
    const part = <Values extends Float32Array | Float64Array>(of: Values) =>
      of.subarray(image * classes, (image + 1) * classes);
    const row = compareLogits(part(given), part(right), { classes, tolerance: 0 });
    const relative = Number.isNaN(row.relative) ? Infinity : row.relative;
    return { image, badness: relative + (row.top1Agreement === 1 ? 0 : 1e-9) };
  });
  return rows.reduce((worst, row) => (row.badness > worst.badness ? row : worst)).image;
}

async function imageAt(
  pair: NetworkMember["pair"],
  { network }: LoweredNetwork,
  image: number,
): Promise<Float64Array> {
  return splitImages(network, await imagesOf(pair))[image]!;
}

interface NodesQuestion {
  readonly options: RunOptions;
  readonly plan: BisectionPlan["plan"];
  readonly members: NetworkMember;
  readonly nodes: Pick<NodesJob["nodes"], "names" | "image" | "ranges">;
}

function askNodes(
  host: JobHost,
  { options, plan: { runtime, batch, precision }, members, nodes }: NodesQuestion,
  watch: Watch,
): Promise<readonly Float32Array[]> {
  const job: NodesJob = {
    kind: "nodes",
    runtime,
    engine: engineOptionsOf(options),
    members,
    nodes: { ...nodes, batch, precision },
  };
  return host.run(job, watch);
}

/** Searches one image for the first node that is off; `titled` gives the names that people read. */
export async function search(
  lowered: LoweredNetwork,
  image: Float64Array,
  tolerance: number,
  {
    onNode,
    signal,
    titled = (name) => name,
  }: Pick<BisectionContext, "onNode" | "signal"> & { readonly titled?: (node: string) => string },
  given: NodeValues["given"],
): Promise<BisectionRow["wrong"]> {
  const values = { ...(await oracleValues(lowered, image, signal)), given };
  const found = await firstWrongNode(values, { tolerance, onNode });
  if (found === null) return null;
  const wrong = describeWrong(found, values, tolerance);
  const inputs = wrong.inputs.map((input) => ({ ...input, node: titled(input.node) }));
  return { ...wrong, node: titled(wrong.node), inputs };
}

/** The share of the tolerance below which an operator's own error counts as rounding. */
const roundingShare = 0.1;

function describeWrong(
  { node, given, error, own, inputs, walked }: WrongNode,
  { right }: Pick<NodeValues, "right">,
  tolerance: number,
): WrongOperator {
  const at = error.relative === 0 ? own.at : error.at;
  return {
    node: node.name,
    operator: node.op.kind,
    role: node.role,
    stage: node.stage,
    block: node.block,
    shape: [...node.shape],
    error: finite(error.relative),
    ownError: finite(own.relative),
    verdict: walked
      ? own.relative > roundingShare * tolerance
        ? "largest"
        : "rounding"
      : "operator",
    place: placeOf(at, node.shape),
    given: finite(given[at]!),
    expected: finite(right(node.name)[at]!),
    inputs: inputs.map((input) => ({
      node: input.node.name,
      range: rangeOf(right(input.node.name)),
      error: finite(input.error.relative),
    })),
  };
}

/** The place of a value by its index: channel, row and column of a map. */
function placeOf(index: number, shape: readonly number[]): number[] {
  const place: number[] = [];
  let rest = index;
  for (const length of shape.toReversed()) {
    place.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return place;
}

function rangeOf(values: ArrayLike<number>): [least: number, greatest: number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (let at = 0; at < values.length; at++) {
    least = Math.min(least, values[at]!);
    greatest = Math.max(greatest, values[at]!);
  }
  return [least, greatest];
}
