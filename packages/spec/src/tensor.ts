/** Dense row-major float32 values. Images are NCHW: `[images, channels, height, width]`. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
