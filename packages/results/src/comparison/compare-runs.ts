import { expectedFloor, type RatioChange, ratioChange } from "@sebench/measure";
import { InputError } from "@sebench/spec";
import { type ServedChange, servedChanges } from "../serving/serving-summary.ts";
import type { CaseSummary, MeasuredSummary } from "../history/case-summary.ts";
import { type Finding, findingsOf, isRegression, preventsComparison, proofOf } from "./findings.ts";
import { type Verdict, verdictsOf } from "./verdict.ts";

/**
 * A quantity that may change from run to run: the overhead, what a form of SE takes of the naive
 * form's time, or a member's latency.
 */
export type Quantity = "overhead" | "gain" | "plain" | "se";

export interface QuantityChange {
  readonly quantity: Quantity;
  /** The change, or null if a side has too few replicas. */
  readonly change: RatioChange | null;
  /** The change that matters: the one asked for, or the noise floor if that is larger. */
  readonly threshold: number;
  readonly verdict: Verdict;
}

export interface CaseComparison {
  readonly id: string;
  readonly base: CaseSummary | null;
  readonly head: CaseSummary | null;
  readonly findings: readonly Finding[];
  /**
   * The changes of what could be compared; there are none if a side has no figures or did
   * other work. A case that neither side timed is the same if it still proves the same.
   */
  readonly changes: readonly QuantityChange[];
  /** What each side serves as a server meets it, where both were asked; no verdict counts it. */
  readonly served: readonly ServedChange[];
  readonly verdict: Verdict;
}

export interface Comparison {
  readonly base: RunReference;
  readonly head: RunReference;
  readonly threshold: number;
  readonly sameMachine: boolean;
  readonly cases: readonly CaseComparison[];
  /** Whether a case regressed, or lost its parity, accuracy, device or runtime. */
  readonly regressed: boolean;
}

interface RunReference {
  readonly run: string;
  readonly started: string;
  readonly commit: string | null;
  readonly branch: string | null;
  readonly machine: string;
}

export interface CompareOptions {
  /** The change that matters: 0.02 is 2 %. */
  readonly threshold: number;
  /** Whether a case of the base that the head does not name is no regression. */
  readonly allowMissing: boolean;
}

/**
 * Compares two runs, case by case. The overhead is compared if both have it. Latencies
 * are compared only on one machine and if the case was calibrated there, since how they
 * drift from run to run cannot be seen in a run.
 *
 * @param base The cases of one run.
 * @param head The cases of another run.
 * @throws InputError if nothing can be compared
 */
export function compareRuns(
  base: readonly CaseSummary[],
  head: readonly CaseSummary[],
  options: CompareOptions,
): Comparison {
  const [from, to] = [referenceOf(base, "base"), referenceOf(head, "head")];
  requireComparable(base, head);
  const sameMachine = from.machine === to.machine;
  const drafts = pairUp(base, head).map(({ id, before, after }) => {
    const findings = findingsOf(before, after, { ...options, sameMachine });
    const [had, has] = [before?.measured, after?.measured];
    const changes =
      findings.some(preventsComparison) || !had || !has
        ? []
        : changesOf(had, has, { ...options, sameMachine });
    return { id, base: before, head: after, findings, changes };
  });
  const all = drafts.flatMap(({ changes }) => changes);
  const verdicts = verdictsOf(
    all.map(({ change }) => change),
    all.map(({ threshold }) => threshold),
  ).values();
  const cases = drafts.map(({ id, base: before, head: after, findings, changes }) => {
    const judged = changes.map(({ quantity, change, threshold }) => {
      return { quantity, change, threshold, verdict: verdicts.next().value! };
    });
    const verdict = caseVerdict(findings, judged);
    const served = servedChanges(before?.measured?.serving, after?.measured?.serving);
    return { id, base: before, head: after, findings, changes: judged, served, verdict };
  });
  const regressed = cases.some(({ verdict }) => verdict === "regressed");
  return { base: from, head: to, threshold: options.threshold, sameMachine, cases, regressed };
}

function referenceOf([first]: readonly CaseSummary[], which: string): RunReference {
  if (first === undefined) {
    throw new InputError(`${which} has no cases that could be compared`, {
      remedy: "let its run come to an end, or name another run",
    });
  }
  const { run, started, commit, branch, machine } = first;
  return { run, started, commit, branch, machine };
}

function requireComparable(base: readonly CaseSummary[], head: readonly CaseSummary[]): void {
  if (base[0]!.run === head[0]!.run && base[0]!.machine === head[0]!.machine) {
    throw new InputError(`base and head are the same run, ${base[0]!.run}`, {
      remedy: "name two runs; `bench history` lists those that were recorded",
    });
  }
  const ids = new Set(base.map(({ id }) => id));
  if (!head.some(({ id }) => ids.has(id))) {
    throw new InputError("base and head have no case in common", {
      remedy: `run the same networks on the same runtimes; base has ${base[0]!.id}, head ${head[0]!.id}`,
    });
  }
}

/**
 * The cases of the base in its order, and then those that only the head has, without
 * those that ran in neither.
 */
function pairUp(base: readonly CaseSummary[], head: readonly CaseSummary[]) {
  const ids = new Set([...base, ...head].map(({ id }) => id));
  return [...ids]
    .map((id) => ({
      id,
      before: base.find((each) => each.id === id) ?? null,
      after: head.find((each) => each.id === id) ?? null,
    }))
    .filter(({ before, after }) => [before, after].some((side) => side && proofOf(side)));
}

function changesOf(
  before: MeasuredSummary,
  after: MeasuredSummary,
  { threshold, sameMachine }: Pick<CompareOptions, "threshold"> & { sameMachine: boolean },
): Omit<QuantityChange, "verdict">[] {
  const calibration = after.calibration ?? before.calibration;
  const overhead = {
    quantity: "overhead" as const,
    change: ratioChange(before.overhead, after.overhead, calibration?.overhead.run),
    threshold: Math.max(threshold, calibration?.noiseFloor ?? 0),
  };
  const gain = {
    quantity: "gain" as const,
    ...changeOfGain(before, after),
    threshold: overhead.threshold,
  };
  const ratios = gain.change === null ? [overhead] : [overhead, gain];
  if (!sameMachine || calibration === null) return ratios;
  const components = { ...calibration.latency, round: 0 };
  const latencies = (["plain", "se"] as const).flatMap((quantity) => {
    const [from, to] = [before.latencyMs[quantity].replicas, after.latencyMs[quantity].replicas];
    // A record may leave its samples out, and then has no replicas to compare.
    if (from.length === 0 || to.length === 0) return [];
    const size = { replicas: Math.min(from.length, to.length), rounds: 1 };
    const change = ratioChange({ replicas: from }, { replicas: to }, components.run);
    return [{ quantity, change, threshold: Math.max(threshold, expectedFloor(components, size)) }];
  });
  return [...ratios, ...latencies];
}

/** The change of what a form takes of the naive form's time, or null where a side does not tell. */
function changeOfGain({ gain: from }: MeasuredSummary, { gain: to }: MeasuredSummary) {
  return { change: from && to && ratioChange(from, to) };
}

/**
 * The verdict on a case, which is the worst of what is known: a change beyond doubt comes
 * before none, and none before doubt.
 */
function caseVerdict(findings: readonly Finding[], changes: readonly QuantityChange[]): Verdict {
  const verdicts = new Set(changes.map(({ verdict }) => verdict));
  if (findings.some(isRegression) || verdicts.has("regressed")) return "regressed";
  if (verdicts.has("improved")) return "improved";
  if (changes[0]) return changes[0].verdict;
  return findings.some(preventsComparison) ? "cannot tell" : "same";
}
