import { compareLogits } from "@sebench/measure";
import type { LoweredNetwork } from "@sebench/lowering";
import {
  differenceOf,
  firstWrongNode,
  type NodeValues,
  oracleValues,
  type SeenNode,
  splitImages,
  type WrongNode,
} from "@sebench/reference";
import type { BisectionRow, BlockErrors } from "@sebench/report";
import type { WrongOperator } from "@sebench/results";
import type { Network, Node, Tensor } from "@sebench/spec";

/** What a runtime gave for all images, beside what is right. */
export interface Answer {
  /** Row-major, `[images, classes]`. */
  readonly given: Float32Array;
  readonly right: Float64Array;
  readonly classes: number;
  /** How far they may be apart, as parity's tolerance. */
  readonly tolerance: number;
}

/** A network that a runtime is asked for node by node. */
export interface Questions {
  /** The network in the form that the runtime is given. */
  readonly lowered: LoweredNetwork;
  /** The images of the answer, NCHW. */
  readonly images: Tensor;
  /** Asks the runtime for the values of nodes for one image. */
  ask(names: readonly string[], image: number): Promise<readonly Float32Array[]>;
  /** The names that people read, where they are not the nodes' own. */
  titled?(node: string): string;
}

export interface SearchWatch {
  readonly signal: AbortSignal;
  /** Called with each node that a runtime was asked for. */
  readonly onNode: (seen: SeenNode) => void;
}

/** What is found out about an answer. */
type Found = Pick<BisectionRow, "images" | "parity" | "image" | "wrong" | "blocks">;

/**
 * Compares an answer with what is right and, where it is off, finds the first operator that is, on the
 * image that is furthest off.
 *
 * @param wantsBlocks whether the errors of each block of SE are told as well, right or not
 */
export async function findWrongOperator(
  { given, right, classes, tolerance }: Answer,
  questions: Questions,
  wantsBlocks: boolean,
  watch: SearchWatch,
): Promise<Found> {
  const compared = compareLogits(given, right, { classes, tolerance });
  const { images, pass } = compared;
  const parity = {
    ...compared,
    relative: finite(compared.relative),
    maxAbs: finite(compared.maxAbs),
  };
  if (pass && !wantsBlocks) return { images, parity, image: null, wrong: null, blocks: [] };
  const image = furthestImage(given, right, classes);
  const { lowered, titled = (name) => name } = questions;
  const values: NodeValues = {
    ...(await oracleValues(lowered, pixelsOf(questions, image), watch.signal)),
    given: (names) => questions.ask(names, image),
  };
  const wrong = pass ? null : await search(values, titled, tolerance, watch.onNode);
  const blocks = wantsBlocks ? await blockErrors(values, titled) : [];
  return { images, parity, image, wrong, blocks };
}

const pixelsOf = ({ lowered, images }: Questions, image: number) =>
  splitImages(lowered.network, images)[image]!;

const finite = (value: number) => (Number.isFinite(value) ? value : null);

/** The image whose logits are furthest from the oracle's, or whose top class is another one. */
function furthestImage(given: Float32Array, right: Float64Array, classes: number): number {
  const rows = Array.from({ length: right.length / classes }, (_, image) => {
    const part = <Values extends Float32Array | Float64Array>(of: Values) =>
      of.subarray(image * classes, (image + 1) * classes);
    const row = compareLogits(part(given), part(right), { classes, tolerance: 0 });
    const relative = Number.isNaN(row.relative) ? Infinity : row.relative;
    return { image, badness: relative + (row.top1Agreement === 1 ? 0 : 1e-9) };
  });
  return rows.reduce((worst, row) => (row.badness > worst.badness ? row : worst)).image;
}

/** Searches for the first node that is off. */
async function search(
  values: NodeValues,
  titled: (node: string) => string,
  tolerance: number,
  onNode: SearchWatch["onNode"],
): Promise<BisectionRow["wrong"]> {
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

/** What a block of SE scales, by what, and what comes of it. */
interface ScaledBlock {
  readonly product: Node;
  /** The name of the map, or null where a convolution whose weights are scaled gives no map before. */
  readonly map: string | null;
  readonly gate: string;
}

/**
 * Says for each block of SE how far a runtime's map, gate and product are from the oracle's.
 */
async function blockErrors(
  { network, given, right, scale }: NodeValues,
  titled: (node: string) => string,
): Promise<BlockErrors[]> {
  const errors: BlockErrors[] = [];
  for (const { product, map, gate } of blocksIn(network)) {
    const names = [...(map === null ? [] : [map]), gate, product.name];
    const values = await given(names);
    const errorOf = (name: string, size: number) =>
      finite(differenceOf(values[names.indexOf(name)]!, right(name), size).relative);
    errors.push({
      node: titled(product.name),
      stage: product.stage,
      block: product.block,
      map: map === null ? null : errorOf(map, scale(map)),
      gate: errorOf(gate, 1),
      product: errorOf(product.name, scale(product.name)),
    });
  }
  return errors;
}

function blocksIn({ nodes }: Network): ScaledBlock[] {
  return nodes.flatMap((product): ScaledBlock[] => {
    const { role, op, inputs } = product;
    const [map, gate] = inputs as [string, string];
    if (role !== "scale") return [];
    if (op.kind === "mul") return [{ product, map, gate }];
    return op.kind === "gatedConv2d" ? [{ product, map: null, gate }] : [];
  });
}
