import { InputError } from "@sebench/spec";
import type { Tfjs } from "@sebench/tfjs";

/** A summand of 1 whose sum fits into fp32's 24 bits of mantissa, and not into fp16's 11. */
const tiny = 2 ** -20;
/** A summand of 1 whose sum fits into fp16's 11 bits of mantissa, and not into bfloat16's 8. */
const small = 2 ** -10;

/**
 * Computes a first sum on the backend, which pays here for what it needs once.
 *
 * @throws InputError where the device rounds to less than fp32, as WebGL does where it
 *   renders to 16-bit textures only
 */
export async function requireFloat32(tf: Tfjs): Promise<void> {
  const sum = await onePlus(tf, tiny);
  if (sum === 1 + tiny) return;
  throw new InputError(`the device computes in less than fp32: 1 + 2^-20 is ${sum} on it`, {
    remedy: "take tfjs-web/wasm here, or a GPU that renders to 32-bit float textures",
  });
}

/** @throws InputError where the device does not keep the result of a computation in fp16 */
export async function requireFloat16(tf: Tfjs): Promise<void> {
  const sums = [await onePlus(tf, small), await onePlus(tf, tiny)];
  if (sums[0] === 1 + small && sums[1] === 1) return;
  throw new InputError(
    `the device does not keep numbers in fp16: 1 + 2^-10 is ${sums[0]} on it, 1 + 2^-20 is ${sums[1]}`,
    { remedy: "take --precision fp32 here" },
  );
}

/** The sum of 1 and a summand as the device computes it. */
async function onePlus(tf: Tfjs, summand: number): Promise<number> {
  // Up to four values WebGL would pass as uniforms, and not as a texture.
  const filled = (value: number) => tf.tensor1d(new Float32Array(64).fill(value));
  const sum = tf.tidy(() => tf.add(filled(1), filled(summand)));
  try {
    return (await sum.data())[0]!;
  } finally {
    sum.dispose();
  }
}
