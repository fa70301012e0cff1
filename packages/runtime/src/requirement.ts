import { formatShape, InputError, sameShape, type Tensor } from "@sebench/spec";
import type { Precision } from "./device.ts";
import type { ActivationRanges, Runtime, SessionOptions } from "./runtime.ts";

/** @throws InputError where the runtime does not run the precision */
export function requirePrecision(
  { id, precisions }: Pick<Runtime, "id" | "precisions">,
  precision: Precision,
): void {
  if (precisions.includes(precision)) return;
  throw new InputError(`${id} does not run ${precision}`, {
    remedy: `give --precision ${precisions.join(" or ")}`,
  });
}

/** The ranges of a network's activations, from which int8 takes its scales.
 *
 * @throws InputError where the options have none for the network
 */
export function requireRanges({ ranges }: SessionOptions, network: string): ActivationRanges {
  const own = ranges?.[network];
  if (own) return own;
  throw new InputError(`int8 needs the ranges of ${network}'s activations, and was given none`, {
    remedy: "measure them over some images first, or take fp32",
  });
}

/** @throws InputError where the images are not the one whole batch that a session takes */
export function requireBatch(images: Tensor, inputShape: readonly number[]): void {
  if (sameShape(images.shape, inputShape)) return;
  throw new InputError(
    `images of shape ${formatShape(images.shape)} do not fit a session of ${formatShape(inputShape)}`,
    { remedy: "stage one whole batch at a time, of the size that the session was made for" },
  );
}

/**
 * The engine's own part of a session, which is null once the session is disposed of.
 *
 * @throws Error where it is null
 */
export function requireLive<Live>(live: Live | null): Live {
  if (live !== null) return live;
  throw new Error("this session is disposed: it cannot run any more");
}

/** Copies images `[batch, channels, height, width]` into the order `[batch, height, width, channels]`. */
export function channelsLast(source: Float32Array, shape: readonly number[]): Float32Array {
  const [batch, channels, height, width] = shape as [number, number, number, number];
  const target = new Float32Array(source.length);
  const pixels = height * width;
  let from = 0;
  for (let image = 0; image < batch; image++) {
    const start = image * channels * pixels;
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        target[start + pixel * channels + channel] = source[from++]!;
      }
    }
  }
  return target;
}
