/**
 * IEEE 754 binary16, "half": a sign, 5 bits of exponent, 10 of mantissa. Not
 * every host that sebench runs on has a `Float16Array`.
 */

/** The largest finite one. */
export const largestHalf = 65_504;

const infinity = 0x7c00;

/** The bits of each value, rounded to nearest, ties to even; infinite from 65520 on. */
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

/** Bits of a float32: of 65536, the first power of two too large for a half, of its NaNs' start, and of 2^-14. */
const tooLarge = 0x4780_0000;
const float32Infinity = 0x7f80_0000;
const leastNormal = 0x3880_0000;

/** A float32's exponent is biased by 127, a half's by 15. */
const bias = (127 - 15) << 23;

/** @param magnitude the value's bits, as a float32, without its sign */
function bitsOfMagnitude(magnitude: number, value: number): number {
  if (magnitude > float32Infinity) return infinity | 1;
  if (magnitude >= tooLarge) return infinity;
  // Below, halves are whole multiples of 2^-24.
  if (magnitude < leastNormal) return roundToEven(Math.abs(value) * 2 ** 24);
  // 13 bits of the mantissa go; what rounding carries ends up in the exponent.
  const odd = (magnitude >>> 13) & 1;
  return (magnitude - bias + 0xfff + odd) >>> 13;
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
