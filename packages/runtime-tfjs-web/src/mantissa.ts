import { InputError } from "@sebench/spec";
import type { Tfjs } from "@sebench/tfjs";

/** Fits into fp32's 24 bits of mantissa beside a one, and not into fp16's 11. */
const tiny = 2 ** -20;
/** Fits into fp16's, and not into bfloat16's 8. */
const small = 2 ** -10;

/**
 * Throws where the device rounds to less than fp32, as WebGL does where it
 * renders to 16-bit textures only. The first computation on the backend: what a
 * device needs once, it pays for here.
 */
export async function requireFloat32(tf: Tfjs): Promise<void> {
  const sum = await onePlus(tf, tiny);
  if (sum === 1 + tiny) return;
  throw new InputError(`the device computes in less than fp32: 1 + 2^-20 is ${sum} on it`, {
    remedy: "take tfjs-web/wasm here, or a GPU that renders to 32-bit float textures",
  });
}

/** Throws where what a computation gives is not kept in fp16. */
export async function requireFloat16(tf: Tfjs): Promise<void> {
  const sums = [await onePlus(tf, small), await onePlus(tf, tiny)];
  if (sums[0] === 1 + small && sums[1] === 1) return;
  throw new InputError(
    `the device does not keep numbers in fp16: 1 + 2^-10 is ${sums[0]} on it, 1 + 2^-20 is ${sums[1]}`,
    { remedy: "take --precision fp32 here" },
  );
}

/** As the device computes it. */
async function onePlus(tf: Tfjs, summand: number): Promise<number> {
  // More values than the four up to which WebGL passes them as uniforms.
  const filled = (value: number) => tf.tensor1d(new Float32Array(64).fill(value));
  const sum = tf.tidy(() => tf.add(filled(1), filled(summand)));
  try {
    return (await sum.data())[0]!;
  } finally {
    sum.dispose();
  }
}
