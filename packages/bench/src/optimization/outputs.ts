import type { MemberProof } from "@sebench/measure";

/**
 * The greatest difference of two members' outputs, each relative to the greatest value of its tensor;
 * infinite where they have other tensors, integers that differ, or values that are no numbers.
 */
export function relativeDifference(
  own: Pick<MemberProof, "outputs">,
  right: Pick<MemberProof, "outputs">,
): number {
  const [given, due] = [own.outputs?.flat() ?? [], right.outputs?.flat() ?? []];
  if (given.length !== due.length || due.length === 0) return Infinity;
  return Math.max(
    ...due.map(({ type, data }, at) => {
      const other = given[at]!;
      if (other.type !== type || other.data.length !== data.length) return Infinity;
      return type.startsWith("float")
        ? floatsApart(other.data as ArrayLike<number>, data as ArrayLike<number>)
        : data.every((value, place) => value === other.data[place])
          ? 0
          : Infinity;
    }),
  );
}

function floatsApart(own: ArrayLike<number>, right: ArrayLike<number>): number {
  let [greatest, apart] = [0, 0];
  for (let at = 0; at < right.length; at++) {
    const difference = Object.is(own[at], right[at]) ? 0 : Math.abs(own[at]! - right[at]!);
    if (Number.isNaN(difference)) return Infinity;
    greatest = Math.max(greatest, Math.abs(right[at]!));
    apart = Math.max(apart, difference);
  }
  return apart === 0 ? 0 : apart / greatest;
}
