import { elementCount, type Tensor } from "@sebench/spec";

/**
 * A parameter by formula, for tests; `scripts/formula.py` makes the same values for PyTorch. Every
 * step is exact in both programs: 32-bit integer mixing, then IEEE double arithmetic, then one
 * rounding to float32.
 */
export function goldenParameter(name: string, shape: readonly number[]): Tensor {
  const [low, high] = bounds(name, shape);
  return { shape, data: uniform(name, elementCount(shape), low, high - low) };
}

/** Images by the same formula as `goldenParameter`, from -1.5 to 1.5. */
export function goldenImages(name: string, shape: readonly number[]): Tensor {
  return { shape, data: uniform(name, elementCount(shape), -1.5, 3) };
}

/** The bounds of a parameter, which keep activations, logits and the spread of gates of order 1. */
function bounds(name: string, shape: readonly number[]): [low: number, high: number] {
  if (name.endsWith("running_var")) return [0.5, 1.5];
  if (name.endsWith("running_mean")) return [-0.25, 0.25];
  if (name.endsWith("bias")) return [-0.5, 0.5];
  if (shape.length === 1) return [0.5, 1];
  const bound = Math.sqrt(6 / elementCount(shape.slice(1)));
  return [-bound, bound];
}

/** Uniform values by FNV-1a of the name and lowbias32 of each index. */
function uniform(name: string, count: number, low: number, width: number): Float32Array {
  let seed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 0x01000193);
  const values = new Float32Array(count);
  for (let index = 0; index < count; index++) {
    let bits = (Math.imul(index, 0x9e3779b9) + seed) | 0;
    bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    bits ^= bits >>> 15;
    values[index] = low + width * ((bits >>> 0) / 2 ** 32);
  }
  return values;
}
