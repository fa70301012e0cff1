/**
 * How logits differ from those expected, in words; null where no difference is
 * larger than `tolerance` times the greatest that was expected. NaN always differs.
 */
export function disagreement(
  logits: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): string | null {
  if (logits.length !== expected.length) {
    return `it gives ${logits.length} logits where ${expected.length} are due`;
  }
  let greatest = 0;
  let difference = 0;
  for (let at = 0; at < expected.length; at++) {
    const own = Math.abs(logits[at]! - expected[at]!);
    if (Number.isNaN(own)) return "its logits are not numbers";
    greatest = Math.max(greatest, Math.abs(expected[at]!));
    difference = Math.max(difference, own);
  }
  if (difference <= tolerance * greatest) return null;
  return `its logits differ by ${(difference / greatest).toPrecision(2)} of the greatest, and ${tolerance} is allowed`;
}
