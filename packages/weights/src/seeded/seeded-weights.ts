import {
  elementCount,
  InputError,
  type Network,
  parametersOf,
  type Tensor,
  type DeclaredParameter,
} from "@sebench/spec";
import type { Weights } from "../weights/weights.ts";
import { initialRanges, type Range } from "./initial-range.ts";

/**
 * Draws weights from a seed, the same bits on every JavaScript engine. They are fit to
 * measure and to compare runtimes, not to recognise anything.
 *
 * The generator is Threefry-2x32-20 on a counter, JAX's default. It needs no more than
 * 32-bit integer sums, rotations and exclusive ors; its key gives every parameter a
 * stream of its own; and its known answers are published. The key of a parameter is the
 * seed and 0, encrypted in turn by each UTF-16 code unit of the name and its position.
 * So a network and its plain counterpart share the parameters that both have, and an
 * additional parameter moves no other. Neither the image's size nor the batch takes part.
 *
 * A value is `centre + spread * word / 2^31`, in float64 and rounded once to
 * float32; `initialRanges` says where the ranges come from.
 *
 * @param seed A whole number from 0 to 2^32 - 1.
 */
export function seededWeights(network: Network, seed: number): Weights {
  return drawWeights(network, seed, initialRanges(network));
}

/** Draws weights as `seededWeights` does, from given ranges by the names of the parameters. */
function drawWeights(network: Network, seed: number, ranges: ReadonlyMap<string, Range>): Weights {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new InputError(`the seed of the weights is ${seed}`, {
      remedy: "give a whole number from 0 to 4294967295",
    });
  }
  const weights = new Map<string, Tensor>();
  for (const { name, shape } of parametersOf(network)) {
    const range = ranges.get(name);
    if (range === undefined || weights.has(name)) continue;
    weights.set(name, { shape, data: draw(keyOf(seed, name), range, elementCount(shape)) });
  }
  return weights;
}

function keyOf(seed: number, name: string): Words {
  const key = new Int32Array([seed, 0]);
  for (let at = 0; at < name.length; at++) {
    threefry([key[0]!, key[1]!], name.charCodeAt(at), at, key, 0);
  }
  return [key[0]!, key[1]!];
}

function draw(key: Words, range: Range, count: number): Float32Array {
  const words = new Int32Array(count + (count % 2));
  for (let at = 0; at < count; at += 2) threefry(key, at / 2, 0, words, at);
  // Each word is overwritten by the value made of it, so 267 MB are enough for SE-ResNet-152.
  const values = new Float32Array(words.buffer, 0, count);
  const scale = range.spread / 2 ** 31;
  for (let at = 0; at < count; at++) values[at] = range.centre + words[at]! * scale;
  return values;
}

/** Two 32-bit words, which are a key or one block of output. */
export type Words = readonly [number, number];

/** Skein's key-schedule constant for 32-bit words. */
const parity = 0x1bd11bda;

/**
 * Writes one block of Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random
 * numbers: as easy as 1, 2, 3", SC 2011) to `out[at]` and `out[at + 1]`. The block is
 * made by sums, rotations and exclusive ors of 32-bit integers alone, so that every
 * engine gives the same bits.
 *
 * The counter is two words. The rounds stand unrolled and the words are not in
 * arrays because this runs once for every two parameters of a network: a loop
 * over the five groups of four rounds takes more than twice as long.
 */
export function threefry(
  key: Words,
  counter0: number,
  counter1: number,
  out: Int32Array,
  at: number,
): void {
  const k0 = key[0] | 0;
  const k1 = key[1] | 0;
  const k2 = k0 ^ k1 ^ parity;
  let x0 = (counter0 + k0) | 0;
  let x1 = (counter1 + k1) | 0;
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 13);
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 15);
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 26);
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 6);
  x0 = (x0 + k1) | 0;
  x1 = (x1 + k2 + 1) | 0;
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 17);
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 29);
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 16);
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 24);
  x0 = (x0 + k2) | 0;
  x1 = (x1 + k0 + 2) | 0;
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 13);
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 15);
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 26);
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 6);
  x0 = (x0 + k0) | 0;
  x1 = (x1 + k1 + 3) | 0;
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 17);
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 29);
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 16);
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 24);
  x0 = (x0 + k1) | 0;
  x1 = (x1 + k2 + 4) | 0;
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 13);
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 15);
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 26);
  x0 = (x0 + x1) | 0;
  x1 = x0 ^ rotate(x1, 6);
  x0 = (x0 + k2) | 0;
  x1 = (x1 + k0 + 5) | 0;
  out[at] = x0;
  out[at + 1] = x1;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/**
 * Draws the weights that training starts from, with the generator of `seededWeights`:
 * layers by He et al. 2015 (uniform, `sqrt(6 / fanIn)`), biases of 0, and batch norms
 * that do nothing.
 *
 * @param seed A whole number from 0 to 2^32 - 1.
 */
export function initialWeights(network: Network, seed: number): Weights {
  const ofBatchNorm = new Set(
    network.nodes.filter(({ op }) => op.kind === "batchNorm").map(({ name }) => name),
  );
  const ranges = new Map(
    parametersOf(network).map((parameter) => [
      parameter.name,
      ofBatchNorm.has(parameter.node) ? neutral(parameter) : ofLayer(parameter),
    ]),
  );
  return drawWeights(network, seed, ranges);
}

function neutral({ slot }: DeclaredParameter): Range {
  return { centre: slot === "weight" || slot === "variance" ? 1 : 0, spread: 0 };
}

function ofLayer({ slot, shape }: DeclaredParameter): Range {
  if (slot === "bias") return { centre: 0, spread: 0 };
  return { centre: 0, spread: Math.sqrt(6 / elementCount(shape.slice(1))) };
}
