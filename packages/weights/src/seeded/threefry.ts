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
