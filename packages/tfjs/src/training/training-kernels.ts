import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * Operators whose gradients tfjs composes of many kernels, or has not, as one
 * kernel of the backend each way. Both can be differentiated by tfjs.
 */
export interface TrainingKernels {
  /**
   * Normalises by the statistics of the batch (Ioffe & Szegedy 2015).
   *
   * @param x `[batch, height, width, channels]`; the others are `[channels]`
   */
  batchNorm(x: Tensor, scale: Tensor, offset: Tensor, epsilon: number): Normalised;
  relu(x: Tensor): Tensor;
}

export interface Normalised {
  readonly value: Tensor;
  /** Of the batch, `[channels]`; kept until they are disposed of. */
  readonly mean: Tensor;
  /** Likewise, with Bessel's correction, as running variances take it. */
  readonly variance: Tensor;
}
