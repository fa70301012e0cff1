import { formatShape, InputError, sameShape, type Tensor } from "@sebench/spec";
import type { ActivationRanges, Precision, Runtime, SessionOptions } from "./runtime.ts";

/** @throws InputError where the runtime's `precisions` lack it */
export function requirePrecision(
  { id, precisions }: Pick<Runtime, "id" | "precisions">,
  precision: Precision,
): void {
  if (precisions.includes(precision)) return;
  throw new InputError(`${id} does not run ${precision}`, {
    remedy: `give --precision ${precisions.join(" or ")}`,
  });
}

/** @throws InputError where int8 would have no ranges to take its scales from */
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

/** The engine's own part of a session, null once that is disposed of. */
export function requireLive<Live>(live: Live | null): Live {
  if (live !== null) return live;
  throw new Error("this session is disposed: it cannot run any more");
}
