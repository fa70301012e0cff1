import type { Dim, Dims } from "../graph/model.ts";

/** The values of a small tensor of integers, of which some may be free lengths. */
export type Numbers = readonly Dim[];

/** The product of lengths, or null where one is free. */
export function productOf(dims: Dims): number | null {
  let product = 1;
  for (const dim of dims) {
    if (typeof dim !== "number") return null;
    product *= dim;
  }
  return Number.isSafeInteger(product) ? product : null;
}

/** The shape of an elementwise result (NumPy's rules), or null where the shapes do not fit. */
export function broadcast(one: Dims, other: Dims): Dims | null {
  const axes = Math.max(one.length, other.length);
  const result: Dim[] = [];
  for (let axis = 0; axis < axes; axis++) {
    const a = axis < axes - one.length ? 1 : one[axis - axes + one.length]!;
    const b = axis < axes - other.length ? 1 : other[axis - axes + other.length]!;
    if (a === 1) result.push(b);
    else if (b === 1 || a === b) result.push(a);
    else if (typeof a === "number" && typeof b === "number") return null;
    else result.push(typeof a === "number" ? a : typeof b === "number" ? b : null);
  }
  return result;
}

/** An axis counted from the front, from one that may be counted from the back. */
export function axisOf(axis: number, axes: number): number {
  return axis < 0 ? axis + axes : axis;
}

/** A length that was computed: null for one that no tensor has. */
export function length(value: number): Dim {
  return Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** A shape for people: `[batch, 3, ?, 640]`. */
export function dimsText(dims: Dims | null): string {
  return dims === null ? "of unknown shape" : `[${dims.map((dim) => dim ?? "?").join(", ")}]`;
}
