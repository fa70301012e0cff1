import { type Node, nodeOf, upTo } from "@sebench/spec";
import type { NodeValues } from "./node-values.ts";

/** The difference of two lists of values. */
export interface Difference {
  /** The largest difference over the node's scale; infinite where a value is not finite. */
  readonly relative: number;
  /** The place of the largest difference, or of the first value that is not finite. */
  readonly at: number;
}

/** What was seen of one node. */
export interface SeenNode {
  readonly node: Node;
  readonly given: ArrayLike<number>;
  /** How far the values are from the oracle's. */
  readonly error: Difference;
}

/** The node at which a runtime's values go wrong. */
export interface WrongNode extends SeenNode {
  /** What the node reads, as the runtime gave it; nothing stands for the images. */
  readonly inputs: readonly SeenNode[];
  /** How far the values are from what the operator gives for the inputs that the runtime gave. */
  readonly own: Difference;
  /** Whether every node before it was looked at, since no single operator accounts for the error. */
  readonly walked: boolean;
}

export interface SearchOptions {
  /** The relative difference up to which a node's values count as right. */
  readonly tolerance: number;
  /** Called with each node that the runtime is asked for, and what came of it. */
  readonly onNode?: (seen: SeenNode) => void;
}

/** The share of a node's error that its own operator must account for, to be named without a walk. */
const ownShare = 0.5;

/** The nodes that one request of a walk asks for. */
const atOnce = 16;

/**
 * Finds the node at which a runtime's values leave the oracle's: by halves among the nodes that the
 * output depends on, then back along the inputs, until a node is off whose inputs are right. Where
 * that node's operator is right for the inputs that the runtime gave, the error was there before and
 * too small to count: then every node before it is looked at, and the one with the largest error of
 * its own is named.
 *
 * @returns null where the output is within the tolerance
 */
export async function firstWrongNode(
  values: NodeValues,
  options: SearchOptions,
): Promise<WrongNode | null> {
  const looking = new Looking(values, options);
  const output = values.network.output;
  if (!(await looking.isOff(output))) return null;
  const suspect = await backAlongInputs(await byHalves(output, looking), looking);
  const found = await looking.describe(suspect);
  if (found.own.relative >= ownShare * found.error.relative) return { ...found, walked: false };
  return { ...(await largestOwnError(suspect, looking)), walked: true };
}

/**
 * Halves the nodes that may be the first to be off. It takes for granted that all nodes before a
 * right one are right.
 */
async function byHalves(output: string, looking: Looking): Promise<string> {
  let suspect = output;
  const cleared = new Set<string>();
  for (;;) {
    const open = looking.before(suspect).filter(({ name }) => !cleared.has(name));
    if (open.length === 0) return suspect;
    const { name } = open[Math.floor(open.length / 2)]!;
    if (await looking.isOff(name)) suspect = name;
    else for (const node of [...looking.before(name), { name }]) cleared.add(node.name);
  }
}

/** Goes from a node that is off to an input that is off, until there is none. */
async function backAlongInputs(start: string, looking: Looking): Promise<string> {
  let suspect = start;
  for (;;) {
    const inputs = looking.readBy(suspect);
    await looking.see(inputs);
    let off: string | undefined;
    for (const input of inputs) if (off === undefined && (await looking.isOff(input))) off = input;
    if (off === undefined) return suspect;
    suspect = off;
  }
}

async function largestOwnError(last: string, looking: Looking) {
  const names = [...looking.before(last).map(({ name }) => name), last];
  for (let start = 0; start < names.length; start += atOnce) {
    await looking.see(names.slice(start, start + atOnce));
  }
  let worst = await looking.describe(last);
  for (const name of names) {
    const each = await looking.describe(name);
    if (each.own.relative > worst.own.relative) worst = each;
  }
  return worst;
}

/** What is known of the nodes so far, each of which is asked for once. */
class Looking {
  readonly #values: NodeValues;
  readonly #options: SearchOptions;
  readonly #seen = new Map<string, SeenNode>();

  constructor(values: NodeValues, options: SearchOptions) {
    this.#values = values;
    this.#options = options;
  }

  /** The nodes before a node, without the image. */
  before(name: string): Node[] {
    return upTo(this.#values.network, name).filter((node) => node.name !== name && !isImage(node));
  }

  /** The names of the nodes that a node reads, without the image. */
  readBy(name: string): string[] {
    const { network } = this.#values;
    const inputs = [...new Set(nodeOf(network, name).inputs)];
    return inputs.filter((input) => !isImage(nodeOf(network, input)));
  }

  async see(names: readonly string[]): Promise<void> {
    const unseen = names.filter((name) => !this.#seen.has(name));
    if (unseen.length === 0) return;
    const given = await this.#values.given(unseen);
    for (const [index, name] of unseen.entries()) {
      const node = nodeOf(this.#values.network, name);
      const error = this.#differenceOf(name, given[index]!, this.#values.right(name));
      const seen = { node, given: given[index]!, error };
      this.#seen.set(name, seen);
      this.#options.onNode?.(seen);
    }
  }

  async isOff(name: string): Promise<boolean> {
    await this.see([name]);
    return this.#seen.get(name)!.error.relative > this.#options.tolerance;
  }

  async describe(name: string): Promise<Omit<WrongNode, "walked">> {
    await this.see([...this.readBy(name), name]);
    const seen = this.#seen.get(name)!;
    const inputs = this.readBy(name).map((input) => this.#seen.get(input)!);
    const read = seen.node.inputs.map(
      (input) => this.#seen.get(input)?.given ?? this.#values.right(input),
    );
    return {
      ...seen,
      inputs,
      own: this.#differenceOf(name, seen.given, this.#values.operator(seen.node, read)),
    };
  }

  #differenceOf(name: string, given: ArrayLike<number>, right: ArrayLike<number>): Difference {
    return differenceOf(given, right, this.#values.scale(name));
  }
}

const isImage = ({ op }: Node) => op.kind === "input";

/** The difference of values from what is right, over a scale. Two infinities of a sign are equal. */
export function differenceOf(
  given: ArrayLike<number>,
  right: ArrayLike<number>,
  scale: number,
): Difference {
  if (given.length !== right.length) {
    throw new Error(`a node gave ${given.length} values where ${right.length} were due`);
  }
  let [largest, at] = [0, 0];
  for (let index = 0; index < right.length; index++) {
    const [one, other] = [given[index]!, right[index]!];
    if (one === other) continue;
    const difference = Math.abs(one - other);
    if (!Number.isFinite(difference)) return { relative: Infinity, at: index };
    if (difference > largest) [largest, at] = [difference, index];
  }
  return { relative: largest === 0 ? 0 : largest / scale, at };
}
