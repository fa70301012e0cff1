/**
 * The lowerings that count as naive: SE as the paper writes it, and two convolutions where that
 * does not apply.
 */
const naiveForms = ["gemm", "conv1x1"] as const;

/** The naive one of several forms of a pair, or undefined where none of them is. */
export function naiveOf(forms: Iterable<string>): string | undefined {
  const known = new Set(forms);
  return naiveForms.find((name) => known.has(name));
}
