import { type CaseRecord, naiveOf } from "@sebench/results";

/** Whether two cases differ in nothing but how SE is written. */
export function sameButLowering(a: CaseRecord, b: CaseRecord): boolean {
  const parts = ["runtime", "host", "network", "imageSize", "batch", "precision"] as const;
  return parts.every((part) => a[part] === b[part]);
}

/** Whether a case is the naive form beside others of the same pair. */
export function isNaiveForm(record: CaseRecord, cases: readonly CaseRecord[]): boolean {
  const forms = formsOf(record, cases);
  return forms.size > 1 && record.lowering === naiveOf(forms);
}

/**
 * The name of a case's form beside the others of its pair. A long recipe is `rewritten` where
 * there is no other; tables of lowerings have it in full.
 */
export function formLabel(record: CaseRecord, cases: readonly CaseRecord[]): string {
  const { lowering } = record;
  const forms = formsOf(record, cases);
  if (isNaiveForm(record, cases)) return `${lowering} (naive form)`;
  const alone = forms.size === 2 && naiveOf(forms) !== undefined;
  return alone && /[/:+]/.test(lowering) ? "rewritten" : lowering;
}

function formsOf(record: CaseRecord, cases: readonly CaseRecord[]): ReadonlySet<string> {
  return new Set(
    cases.filter((other) => sameButLowering(record, other)).map(({ lowering }) => lowering),
  );
}
