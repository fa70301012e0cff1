import { InputError } from "@sebench/spec";
import type { Tfjs } from "@sebench/tfjs";

/** Fits into fp32's 24 bits of mantissa beside a one, and not into fp16's 11. */
const tiny = 2 ** -20;

/**
 * Throws where the device rounds to less than fp32, as WebGL does where it
 * renders to 16-bit textures only. The first computation on the backend: what a
 * device needs once, it pays for here.
 */
export async function requireFloat32(tf: Tfjs): Promise<void> {
  // More values than the four up to which WebGL passes them as uniforms.
  const filled = (value: number) => tf.tensor1d(new Float32Array(64).fill(value));
  const sum = tf.tidy(() => tf.add(filled(1), filled(tiny)));
  try {
    const [first] = await sum.data();
    if (first === 1 + tiny) return;
    throw new InputError(`the device computes in less than fp32: 1 + 2^-20 is ${first} on it`, {
      remedy: "take tfjs-web/wasm here, or a GPU that renders to 32-bit float textures",
    });
  } finally {
    sum.dispose();
  }
}
