import { setImmediate } from "node:timers/promises";
import { foldedForm } from "@sebench/jobs";
import { lower, type LoweringName } from "@sebench/lowering";
import { compareLogits, toleranceFor } from "@sebench/measure";
import type { BuiltMember } from "@sebench/pairs";
import {
  evaluateInHalf,
  type EvaluatedNode,
  halfWeights,
  largestHalf,
  type MeanInHalf,
  meansOf,
  meanWidth,
  oracleLogits,
  splitImages,
  type SumOrder,
  sumOrders,
} from "@sebench/reference";
import type { HalfBlock, HalfLogits, HalfSafety } from "@sebench/report";
import { classesOf, InputError, type Network, type Tensor } from "@sebench/spec";
import { checkWeights, type Weights } from "@sebench/weights";

export interface HalfQuestion {
  readonly member: BuiltMember;
  readonly lowering: LoweringName;
  /** The images, NCHW, as the network is given them. */
  readonly images: Tensor;
  /** The only block to look at, such as `stage2/block0`, or null for all. */
  readonly block: string | null;
  /** The names that people read, by the names of the network's nodes: those of a model's file. */
  readonly titles?: ReadonlyMap<string, string>;
  readonly cacheDirectories: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress: (words: string) => void;
}

const tolerance = toleranceFor("fp16", { tf32: false });

/**
 * Says for each squeeze of a network whether its sum fits fp16 on some images, and what would come
 * out of it in the orders that engines use.
 *
 * @throws InputError where the weights do not fit or are not finite, there is no such block, or the
 *   values pass fp16's range on every image before any sum is taken
 */
export async function halfSafety(question: HalfQuestion): Promise<HalfSafety> {
  const { member, images, onProgress } = question;
  checkWeights(member.network, member.weights);
  const titled = (node: string) => question.titles?.get(node) ?? node;
  const lowered = foldedForm(lower(member.network, member.weights, question.lowering));
  const { network } = lowered;
  const squeezes = new Map(
    squeezesOf(network, question.block, titled).map((node) => [node.name, new Squeeze(node)]),
  );
  const right = await oracleLogits({ ...member, ...question });
  const weights = halfWeights(new Map(lowered.weights));
  const batch = splitImages(network, images);
  const form = { network, weights, batch, signal: question.signal };
  onProgress("rounding each result once");
  const once = await runAll(form, "one rounding", (node) =>
    squeezes.get(node.node.name)?.see(node),
  );
  requireSomeFinite(once, batch.length, titled);
  const blocks = [...squeezes.values()].map((squeeze) => squeeze.describe(titled));
  const logits: HalfLogits[] = [compare("one rounding", once, right, network, titled)];
  for (const order of sumOrders) {
    // Where every mean is as good as exact, so are the logits.
    if (blocks.every(({ orders }) => orders[order].verdict === "right")) continue;
    onProgress(`adding up ${order}`);
    logits.push(compare(order, await runAll(form, order), right, network, titled));
  }
  return { images: batch.length, tolerance, blocks, logits };
}

/** The nodes that take means, of all blocks or of one. */
function squeezesOf(network: Network, block: string | null, titled: (node: string) => string) {
  const all = network.nodes.filter((node) => meanWidth(node) !== null);
  if (block === null) return all;
  const own = all.filter(
    ({ name }) => titled(name) === block || titled(name).startsWith(`${block}/`),
  );
  if (own.length > 0) return own;
  const names = [...new Set(all.map(({ name }) => blockName(titled(name))))];
  throw new InputError(`${network.name} has no block ${block} that takes a mean`, {
    remedy:
      names.length === 0 ? "name a network with SE" : `give --block as one of ${names.join(", ")}`,
  });
}

/** The block of a node by its name: `stage2/block0` of `stage2/block0/squeeze/pool`. */
const blockName = (node: string) =>
  /^stage\d+\/block\d+/.exec(node)?.[0] ?? /^.+(?=\/)/s.exec(node)?.[0] ?? node;

/** What a network in halves gave for some images. */
interface HalfRun {
  readonly logits: Float32Array;
  /** The first node of each image whose values are not all finite, or null. */
  readonly notFinite: readonly (string | null)[];
}

interface HalfForm {
  readonly network: Network;
  readonly weights: Weights;
  readonly batch: readonly Float64Array[];
  readonly signal: AbortSignal;
}

async function runAll(
  { network, weights, batch, signal }: HalfForm,
  mean: MeanInHalf,
  see: (node: EvaluatedNode) => void = () => {},
): Promise<HalfRun> {
  const rows: number[] = [];
  const notFinite: (string | null)[] = [];
  for (const image of batch) {
    let first: string | null = null;
    for (const evaluated of evaluateInHalf(network, weights, image, mean)) {
      const { node, data } = evaluated;
      if (first === null && !data.every(Number.isFinite)) first = node.name;
      see(evaluated);
      if (node.name === network.output) rows.push(...data);
      await setImmediate();
      signal.throwIfAborted();
    }
    notFinite.push(first);
  }
  return { logits: Float32Array.from(rows), notFinite };
}

function requireSomeFinite(
  { notFinite }: HalfRun,
  images: number,
  titled: (node: string) => string,
): void {
  const [node] = notFinite;
  if (node === undefined || node === null || notFinite.includes(null)) return;
  throw new InputError(
    `the values of ${titled(node)} pass ${largestHalf.toLocaleString("en")} on ${images === 1 ? "the image" : `all ${images} images`}, so fp16 holds nothing of what follows, whatever a squeeze does`,
    {
      remedy:
        "give images as the weights were trained on them (--data, --preprocessing), or keep fp32",
    },
  );
}

function compare(
  mean: MeanInHalf,
  { logits, notFinite }: HalfRun,
  right: Float64Array,
  network: Network,
  titled: (node: string) => string,
): HalfLogits {
  const { relative, top1Agreement, pass } = compareLogits(logits, right, {
    classes: classesOf(network),
    tolerance,
  });
  const first = notFinite.find((node) => node !== null) ?? null;
  return {
    mean,
    relative: Number.isFinite(relative) ? relative : null,
    top1Agreement,
    pass,
    firstNotFinite: first === null ? null : titled(first),
  };
}

/** What is seen of one squeeze over the images. */
class Squeeze {
  readonly #node: EvaluatedNode["node"];
  #pixels = 0;
  #largestValue = 0;
  #largestSum = 0;
  #largestMean = 0;
  readonly #errors = new Map<SumOrder, number>(sumOrders.map((order) => [order, 0]));

  constructor(node: EvaluatedNode["node"]) {
    this.#node = node;
  }

  see(evaluated: EvaluatedNode): void {
    const [{ data }] = evaluated.inputs as [EvaluatedNode["inputs"][number]];
    if (!data.every(Number.isFinite)) return;
    const exact = exactMeans(data, evaluated.data.length);
    const scale = largestOf(exact);
    this.#pixels = data.length / evaluated.data.length;
    this.#largestValue = Math.max(this.#largestValue, largestOf(data));
    this.#largestSum = Math.max(this.#largestSum, largestPartialSum(data, this.#pixels));
    this.#largestMean = Math.max(this.#largestMean, scale);
    for (const order of sumOrders) {
      const means = meansOf(evaluated, order);
      for (const [channel, mean] of means.entries()) {
        const error = Math.abs(mean - exact[channel]!) / scale;
        const worse = Number.isNaN(error) ? Infinity : error;
        if (worse > this.#errors.get(order)!) this.#errors.set(order, worse);
      }
    }
  }

  describe(titled: (node: string) => string): HalfBlock {
    const { name, role, stage, block } = this.#node;
    const orders = Object.fromEntries(
      sumOrders.map((order) => {
        const error = this.#errors.get(order)!;
        const verdict = error === Infinity ? "overflows" : error > tolerance ? "inexact" : "right";
        return [order, { error: Number.isFinite(error) ? error : null, verdict }];
      }),
    ) as HalfBlock["orders"];
    return {
      node: titled(name),
      role,
      stage,
      block,
      pixels: this.#pixels,
      largestValue: this.#largestValue,
      largestMean: this.#largestMean,
      largestSum: this.#largestSum,
      margin: this.#largestSum === 0 ? null : largestHalf / this.#largestSum,
      orders,
    };
  }
}

function exactMeans(data: Float64Array, count: number): Float64Array {
  const length = data.length / count;
  return Float64Array.from({ length: count }, (_, index) => {
    let sum = 0;
    for (let at = index * length; at < (index + 1) * length; at++) sum += data[at]!;
    return sum / length;
  });
}

/** The largest magnitude that a sum reaches on its way, pixel after pixel, in any channel. */
function largestPartialSum(data: Float64Array, pixels: number): number {
  let [largest, sum] = [0, 0];
  for (let at = 0; at < data.length; at++) {
    if (at % pixels === 0) sum = 0;
    sum += data[at]!;
    largest = Math.max(largest, Math.abs(sum));
  }
  return largest;
}

function largestOf(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}
