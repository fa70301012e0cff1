import type { CaseSummary, ProofSummary } from "../history/case-summary.ts";

/** A change of a case from one run to another that is no matter of size. */
export interface Finding {
  readonly kind:
    | "runtime gone"
    | "missing"
    | "parity lost"
    | "accuracy lost"
    | "scenario failed"
    | "device changed"
    | "wrong output"
    | "new"
    | "recovered"
    | "timed on one side"
    | "version changed";
  readonly text: string;
}

/** The kinds of findings that are regressions. */
const bad: ReadonlySet<Finding["kind"]> = new Set([
  "runtime gone",
  "parity lost",
  "accuracy lost",
  "scenario failed",
  "device changed",
]);

/** The kinds of findings after which the two sides still did the same work. */
const harmless: ReadonlySet<Finding["kind"]> = new Set(["version changed", "scenario failed"]);

interface Circumstances {
  /** Whether a case of the base that the head does not name is no regression. */
  readonly allowMissing: boolean;
  readonly sameMachine: boolean;
}

/** The differences between the two sides of a case, of which at least one ran. */
export function findingsOf(
  before: CaseSummary | null,
  after: CaseSummary | null,
  { allowMissing, sameMachine }: Circumstances,
): Finding[] {
  if (!after) {
    return allowMissing
      ? [{ kind: "missing", text: "the head does not have it" }]
      : [
          {
            kind: "runtime gone",
            text: "the head does not have it; --allow-missing where that is on purpose",
          },
        ];
  }
  const proven = proofOf(after);
  if (!proven) return [{ kind: "runtime gone", text: `${after.status}: ${after.reason}` }];
  if (!before) return [{ kind: "new", text: "the base does not have it" }];
  const provenBefore = proofOf(before);
  if (!provenBefore) return [{ kind: "recovered", text: `it was ${before.status}` }];
  return [
    ...parityFindings(provenBefore, proven),
    ...accuracyFindings(before, after),
    ...scenarioFindings(before, after),
    ...deviceFindings(provenBefore, proven, sameMachine),
    ...versionFindings(provenBefore, proven),
    ...timingFindings(before, after),
  ];
}

/** What a case proves, or null where it did not run. */
export function proofOf({ measured, proof }: CaseSummary): ProofSummary | null {
  return measured ?? proof;
}

function parityFindings(before: ProofSummary, after: ProofSummary): Finding[] {
  if (after.parity) {
    return before.parity ? [] : [{ kind: "recovered", text: "its output was wrong" }];
  }
  const kind = before.parity ? "parity lost" : "wrong output";
  return [{ kind, text: "it differs from the oracle's" }];
}

function accuracyFindings(before: CaseSummary, after: CaseSummary): Finding[] {
  const [had, has] = [before.measured?.top1, after.measured?.top1];
  return had && has && has.interval[1] < had.interval[0]
    ? [{ kind: "accuracy lost", text: `top-1 from ${had.share} to ${has.share}` }]
    : [];
}

/** What failed as a server meets it, where nothing did before. */
function scenarioFindings(before: CaseSummary, after: CaseSummary): Finding[] {
  const [had, has] = [before.measured?.serving, after.measured?.serving];
  if (!had || !has || had.failures.length > 0) return [];
  return has.failures.map((text) => ({ kind: "scenario failed", text }));
}

/** Where one side alone was timed, the reason why the other was not. */
function timingFindings(before: CaseSummary, after: CaseSummary): Finding[] {
  if ((before.measured === null) === (after.measured === null)) return [];
  const [side, { reason }] = before.measured ? ["head", after] : ["base", before];
  return [{ kind: "timed on one side", text: `the ${side} did not time it: ${reason}` }];
}

function deviceFindings(
  before: ProofSummary,
  after: ProofSummary,
  sameMachine: boolean,
): Finding[] {
  const describe = ({ device, software, threads }: ProofSummary) =>
    [
      device,
      ...(software ? ["software"] : []),
      ...(threads === null ? [] : [`threads ${threads}`]),
    ].join(", ");
  const same =
    before.software === after.software &&
    before.threads === after.threads &&
    (before.device === after.device || !sameMachine);
  return same
    ? []
    : [{ kind: "device changed", text: `from ${describe(before)} to ${describe(after)}` }];
}

function versionFindings(before: ProofSummary, after: ProofSummary): Finding[] {
  const pairs = [
    ["engine", before.engineVersion, after.engineVersion],
    ["host", before.hostVersion, after.hostVersion],
  ] as const;
  return pairs
    .filter(([, from, to]) => from !== to)
    .map(([what, from, to]) => ({
      kind: "version changed",
      text: `${what} ${from} to ${to}`,
    }));
}

/**
 * Whether a finding means that the two sides did different work; another version, or a load under
 * which a worker failed, leaves the timed work the same.
 */
export function preventsComparison({ kind }: Finding): boolean {
  return !harmless.has(kind);
}

export function isRegression({ kind }: Finding): boolean {
  return bad.has(kind);
}
