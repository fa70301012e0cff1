import type { Interval } from "@sebench/results";

/** From values to places along a drawing. */
export interface Axis {
  readonly scale: "linear" | "log";
  readonly extent: Interval;
  /** Where a line stands for "no difference"; null for none. */
  readonly reference: number | null;
  readonly format: (value: number) => string;
}

/** How far along the axis a value lies: 0 at its start, 1 at its end. */
export function shareOf(value: number, { scale, extent: [low, high] }: Axis): number {
  const along = (at: number) => (scale === "log" ? Math.log(at) : at);
  const length = along(high) - along(low);
  return length === 0 ? 0 : (along(value) - along(low)) / length;
}

/** Round values within the axis, about three of them: multiples of 1, 2 or 5, or powers of ten. */
export function ticksOf({ scale, extent: [low, high] }: Axis): number[] {
  if (scale === "log") {
    const [first, last] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))];
    return Array.from(
      { length: Math.max(0, last - first + 1) },
      (_, index) => 10 ** (first + index),
    );
  }
  const length = high - low;
  if (length <= 0) return [low];
  const power = 10 ** Math.floor(Math.log10(length / 3));
  const step = power * ([1, 2, 5, 10].find((factor) => length / (factor * power) < 3) ?? 10);
  const [first, last] = [Math.ceil(low / step), Math.floor(high / step)];
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}
