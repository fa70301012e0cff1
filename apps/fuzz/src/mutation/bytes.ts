import type { Choice } from "./choice.ts";

const edgeBytes = [0, 1, 0x0a, 0x1f, 0x20, 0x22, 0x2c, 0x5c, 0x7b, 0x7d, 0x7f, 0x80, 0xfe, 0xff];

type Mutation = (bytes: Uint8Array, choice: Choice) => Uint8Array;

const mutations: readonly Mutation[] = [
  function flipBit(bytes, choice) {
    return withByte(bytes, choice, (byte) => byte ^ (1 << choice.below(8)));
  },
  function replaceByte(bytes, choice) {
    return withByte(bytes, choice, () => choice.below(256));
  },
  function replaceByteByEdge(bytes, choice) {
    return withByte(bytes, choice, () => choice.of(edgeBytes));
  },
  function cutOff(bytes, choice) {
    return bytes.slice(0, choice.below(bytes.length));
  },
  function cutStart(bytes, choice) {
    return bytes.slice(choice.below(bytes.length));
  },
  function remove(bytes, choice) {
    const [from, to] = range(bytes, choice);
    return joined(bytes.subarray(0, from), bytes.subarray(to));
  },
  function repeat(bytes, choice) {
    const [from, to] = range(bytes, choice);
    return joined(bytes.subarray(0, to), bytes.subarray(from));
  },
  function move(bytes, choice) {
    const [from, to] = range(bytes, choice);
    const rest = joined(bytes.subarray(0, from), bytes.subarray(to));
    const at = choice.below(rest.length);
    return joined(rest.subarray(0, at), bytes.subarray(from, to), rest.subarray(at));
  },
  function fill(bytes, choice) {
    const [from, to] = range(bytes, choice);
    return bytes.slice().fill(choice.of(edgeBytes), from, to);
  },
  function append(bytes, choice) {
    return joined(
      bytes,
      Uint8Array.from({ length: 1 + choice.below(9) }, () => choice.below(256)),
    );
  },
  function replaceWord(bytes, choice) {
    const copy = bytes.slice();
    const at = choice.below(bytes.length - 8);
    const little = choice.chance(0.5);
    const value = choice.of([
      0n,
      1n,
      2n ** 31n,
      2n ** 32n - 1n,
      2n ** 53n,
      2n ** 63n,
      2n ** 64n - 1n,
    ]);
    if (copy.length >= 8) new DataView(copy.buffer).setBigUint64(at, value, little);
    return copy;
  },
];

/** Changes bytes at one place or in one range. */
export function mutateBytes(bytes: Uint8Array, choice: Choice): Uint8Array {
  return choice.of(mutations)(bytes, choice);
}

/** Flips bits and cuts off, and no more, which is all that native decoders are given. */
export function damageBytes(bytes: Uint8Array, choice: Choice): Uint8Array {
  return choice.of(mutations.slice(0, 4))(bytes, choice);
}

function withByte(bytes: Uint8Array, choice: Choice, change: (byte: number) => number): Uint8Array {
  const copy = bytes.slice();
  const at = choice.below(copy.length);
  if (copy.length > 0) copy[at] = change(copy[at]!);
  return copy;
}

/** A range of bytes, mostly a short one. */
function range({ length }: Uint8Array, choice: Choice): [number, number] {
  const from = choice.below(length);
  const longest = choice.chance(0.7) ? 16 : length;
  return [from, Math.min(length, from + 1 + choice.below(longest))];
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
