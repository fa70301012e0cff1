import type { CaseSummary, MeasuredSummary } from "../history/case-summary.ts";

/** A change of a case from one run to another that is no matter of size. */
export interface Finding {
  readonly kind:
    | "runtime gone"
    | "missing"
    | "parity lost"
    | "accuracy lost"
    | "device changed"
    | "wrong output"
    | "new"
    | "recovered"
    | "version changed";
  readonly text: string;
}

/** The kinds of findings that are regressions. */
const bad: ReadonlySet<Finding["kind"]> = new Set([
  "runtime gone",
  "parity lost",
  "accuracy lost",
  "device changed",
]);

interface Circumstances {
  /** Whether a case of the base that the head does not name is no regression. */
  readonly allowMissing: boolean;
  readonly sameMachine: boolean;
}

/** The differences between the two sides of a case, of which at least one has figures. */
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
  if (!after.measured) {
    return [{ kind: "runtime gone", text: `${after.status}: ${after.reason}` }];
  }
  if (!before) return [{ kind: "new", text: "the base does not have it" }];
  if (!before.measured) return [{ kind: "recovered", text: `it was ${before.status}` }];
  return [
    ...parityFindings(before.measured, after.measured),
    ...deviceFindings(before.measured, after.measured, sameMachine),
    ...versionFindings(before.measured, after.measured),
  ];
}

function parityFindings(before: MeasuredSummary, after: MeasuredSummary): Finding[] {
  const parity: Finding[] = after.parity
    ? before.parity
      ? []
      : [{ kind: "recovered", text: "its output was wrong" }]
    : [
        {
          kind: before.parity ? "parity lost" : "wrong output",
          text: "it differs from the oracle's",
        },
      ];
  const [had, has] = [before.top1, after.top1];
  return had && has && has.interval[1] < had.interval[0]
    ? [...parity, { kind: "accuracy lost", text: `top-1 from ${had.share} to ${has.share}` }]
    : parity;
}

function deviceFindings(
  before: MeasuredSummary,
  after: MeasuredSummary,
  sameMachine: boolean,
): Finding[] {
  const describe = ({ device, software, threads }: MeasuredSummary) =>
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

function versionFindings(before: MeasuredSummary, after: MeasuredSummary): Finding[] {
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
 * Whether a finding means that the two sides did different work; only another version
 * leaves the work the same.
 */
export function preventsComparison({ kind }: Finding): boolean {
  return kind !== "version changed";
}

export function isRegression({ kind }: Finding): boolean {
  return bad.has(kind);
}
