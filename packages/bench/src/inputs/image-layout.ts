import type { ElementType } from "@sebench/runtime";
import { elementCount } from "@sebench/spec";

/** An input of a model, with the sizes that it has in a run. */
export interface ModelInput {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
}

/** How an input holds images: their number, their sizes, and the steps from one value to the next. */
export interface ImageLayout {
  readonly images: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly strides: Readonly<Record<"image" | "channel" | "row" | "column", number>>;
}

/** How an input holds images, or null where it may hold none. */
export function imageLayoutOf({ type, shape }: ModelInput): ImageLayout | null {
  if (!type.startsWith("float") || shape.length !== 4) return null;
  const isColour = (axis: number) => shape[axis] === 1 || shape[axis] === 3;
  const isLarge = (...axes: number[]) => axes.every((axis) => shape[axis]! >= 8);
  if (isColour(1) && isLarge(2, 3)) return layoutOf(shape, [1, 2, 3]);
  if (isColour(3) && isLarge(1, 2)) return layoutOf(shape, [3, 1, 2]);
  return null;
}

/** @param axes The places of channels, height and width. */
function layoutOf(
  shape: readonly number[],
  [channel, row, column]: readonly [number, number, number],
): ImageLayout {
  const stride = (axis: number) => elementCount(shape.slice(axis + 1));
  return {
    images: shape[0]!,
    channels: shape[channel]!,
    height: shape[row]!,
    width: shape[column]!,
    strides: {
      image: stride(0),
      channel: stride(channel),
      row: stride(row),
      column: stride(column),
    },
  };
}

/**
 * Writes one image into its place among the values of an input.
 *
 * @param values The values of the whole input.
 * @param at The place of the image among the input's images.
 * @param pixel The value of a channel at a row and a column.
 */
export function placeImage(
  values: Float32Array,
  { channels, height, width, strides }: ImageLayout,
  at: number,
  pixel: (channel: number, row: number, column: number) => number,
): void {
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < height; row++) {
      const first = at * strides.image + channel * strides.channel + row * strides.row;
      for (let column = 0; column < width; column++) {
        values[first + column * strides.column] = pixel(channel, row, column);
      }
    }
  }
}
