import { InputError } from "@sebench/spec";

/** The largest finite half. */
const largestHalf = 65_504;

/**
 * The bits of a tensor's values as halves, rounded to nearest. Throws an `InputError` that names the
 * tensor if a value is too large.
 */
export function halfBits(name: string, data: Float32Array): Uint16Array {
  const bits = float16Bits(data);
  const at = bits.findIndex(isInfiniteHalf);
  if (at === -1) return bits;
  throw new InputError(`${name} holds ${data[at]}, and fp16 ends at ${largestHalf}`, {
    remedy: "export at fp32, or give weights that stay below that",
  });
}

const infinity = 0x7c00;

/**
 * The bits of each value as a half (IEEE 754 binary16: a sign, 5 bits of exponent, 10 of
 * mantissa), rounded to nearest, ties to even; infinite from 65520 on. The code is here
 * because not every host that sebench runs on has a `Float16Array`.
 */
export function float16Bits(values: Float32Array): Uint16Array {
  const source = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(values.length);
  for (let at = 0; at < bits.length; at++) {
    const sign = (source[at]! >>> 16) & 0x8000;
    const magnitude = source[at]! & 0x7fff_ffff;
    bits[at] = sign | bitsOfMagnitude(magnitude, values[at]!);
  }
  return bits;
}

export function isInfiniteHalf(bits: number): boolean {
  return (bits & 0x7fff) === infinity;
}

/** The bits of 65536 in float32, the first power of two that is too large for a half. */
const tooLarge = 0x4780_0000;

/** The bits of infinity in float32, above which NaNs begin. */
const float32Infinity = 0x7f80_0000;

/** The bits of 2^-14 in float32, the least half with a full mantissa. */
const leastNormal = 0x3880_0000;

/** The difference of the biases of the exponents, 127 in float32 and 15 in a half. */
const bias = (127 - 15) << 23;

/**
 * The bits of a half without its sign.
 *
 * @param magnitude The bits of the value as a float32, without its sign.
 */
function bitsOfMagnitude(magnitude: number, value: number): number {
  if (magnitude > float32Infinity) return infinity | 1;
  if (magnitude >= tooLarge) return infinity;
  // Halves below that are whole multiples of 2^-24.
  if (magnitude < leastNormal) return roundToEven(Math.abs(value) * 2 ** 24);
  // 13 bits of the mantissa are dropped; a carry of the rounding goes into the exponent.
  const odd = (magnitude >>> 13) & 1;
  return (magnitude - bias + 0xfff + odd) >>> 13;
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
