import {
  type AvgPool,
  type Conv2d,
  type GatedConv2d,
  isSamePadding,
  type MapShape,
  type MaxPool,
  type Pads,
} from "@sebench/spec";

type Windowed = Conv2d | GatedConv2d | MaxPool | AvgPool;

/** The padding that tfjs's kernels take. */
export type TfjsPad = "valid" | "same" | ExplicitPad;

/** The amounts before and after, for batch, height, width and channels. */
export type ExplicitPad = [[number, number], [number, number], [number, number], [number, number]];

/** The shortest form of a window's pads for tfjs; libtensorflow is faster with `same`. */
export function tfjsPad(op: Windowed, pads: Pads, input: MapShape): TfjsPad {
  if (pads.every((amount) => amount === 0)) return "valid";
  return isSamePadding(op, pads, input) ? "same" : explicitPad(pads);
}

export function explicitPad([top, left, bottom, right]: Pads): ExplicitPad {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}
