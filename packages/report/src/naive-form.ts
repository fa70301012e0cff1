import type { CaseRecord } from "@sebench/results";

/** SE as the paper writes it; where that does not apply, as two convolutions. */
const naiveForms = ["gemm", "conv1x1"] as const;

/** Cases that differ in nothing but how SE is written. */
export function sameButLowering(a: CaseRecord, b: CaseRecord): boolean {
  const parts = ["runtime", "host", "network", "imageSize", "batch", "precision"] as const;
  return parts.every((part) => a[part] === b[part]);
}

/** Whether a case is the naive form beside others of the same pair. */
export function isNaiveForm(record: CaseRecord, cases: readonly CaseRecord[]): boolean {
  const forms = new Set(
    cases.filter((other) => sameButLowering(record, other)).map(({ lowering }) => lowering),
  );
  return forms.size > 1 && record.lowering === naiveForms.find((name) => forms.has(name));
}
