/** A feature map of one image: channels, height, width. */
export type MapShape = readonly [channels: number, height: number, width: number];

/** A flat vector of one image, as `flatten` makes it and `dense` takes it. */
export type VectorShape = readonly [length: number];

/** The shape of what a node gives for one image; the batch stands outside the graph. */
export type Shape = MapShape | VectorShape;

/** Height and width, in pixels. */
export type Size = readonly [height: number, width: number];

/** Padding in pixels. */
export type Pads = readonly [top: number, left: number, bottom: number, right: number];

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
