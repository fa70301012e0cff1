/** A source of random numbers that are uniform in [0, 1). */
export type Random = () => number;

/**
 * The generator xoshiro128** 1.1, which gives 32 bits at a time (Blackman & Vigna 2021,
 * "Scrambled linear pseudorandom number generators", ACM TOMS 47:36). The state
 * must not be all zero.
 */
export function xoshiro128(state: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = state;
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
}

/** A source of random numbers that gives the same numbers for the same seed on every host. */
export function seededRandom(seed: number): Random {
  const word = splitMix32(seed);
  const next = xoshiro128([word(), word(), word(), word()]);
  return () => next() / 2 ** 32;
}

/**
 * The generator SplitMix (Steele, Lea & Flood 2014) on 32 bits, with the finaliser of
 * MurmurHash3, which spreads a small seed over the state of another generator.
 */
function splitMix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** A copy of the items in random order, by the method of Fisher & Yates. */
export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}
