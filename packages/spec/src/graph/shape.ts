/** The shape of a feature map of one image: channels, height, width. */
export type MapShape = readonly [channels: number, height: number, width: number];

/** The shape of a vector of one image, which `flatten` makes and `dense` takes. */
export type VectorShape = readonly [length: number];

/** The shape of a node's output for one image; the batch stands outside the graph. */
export type Shape = MapShape | VectorShape;

export function isMap(shape: Shape): shape is MapShape {
  return shape.length === 3;
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/** Dense row-major float32 values. Images are NCHW: `[images, channels, height, width]`. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
