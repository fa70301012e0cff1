/**
 * The lowerings that count as naive: SE as the paper writes it, and two convolutions where that
 * does not apply.
 */
const naiveForms = ["gemm", "conv1x1"] as const;

/**
 * The form of a lowering that the plain member has as well, which has no SE to be written otherwise:
 * `activation=clip` of `gemm/activation=clip`, and "" of `gemm`. Only cases of one such form have one
 * plain member.
 */
export function plainFormOf(lowering: string): string {
  return /activation(?:=[\w-]+)?/.exec(lowering)?.[0] ?? "";
}

/** The naive one of several forms of a pair, or undefined where none of them is. */
export function naiveOf(forms: Iterable<string>): string | undefined {
  const known = new Set(forms);
  return naiveForms.find((name) => known.has(name));
}
