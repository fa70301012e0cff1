import { z } from "zod";
import type { CaseRecord, OkCase } from "../case/case-record.ts";
import { interval, type Interval, quantity, words } from "../record/quantity.ts";
import { type Budget, budget, type BudgetLimit, budgetLimits } from "./budget.ts";

/**
 * Whether a quantity is within its limit, by its 95 % interval: `kept` if the whole interval
 * is at or below the limit, `broken` if the whole interval is above it.
 */
const limitVerdict = z.enum(["kept", "broken", "cannot tell"]);
export type LimitVerdict = z.infer<typeof limitVerdict>;

/** @param within The interval of the quantity, or null if there is none. */
export function judge(within: Interval | null, limit: number): LimitVerdict {
  if (within === null) return "cannot tell";
  const [low, high] = within;
  if (high <= limit) return "kept";
  return low > limit ? "broken" : "cannot tell";
}

const outcome = z.strictObject({
  /** The id of the case. */
  case: words,
  limit: z.enum(budgetLimits),
  /**
   * The quantity: of `maxOverhead` the ratio of SE's latency to plain's, as a record has it,
   * and of `maxLatencyMs` milliseconds; null for a case that gave no figures.
   */
  value: quantity.nullable(),
  /** The 95 % interval of the quantity, or null if there is none. */
  interval: interval.nullable(),
  verdict: limitVerdict,
  /** The reason why nothing can be told, or null where the interval says it. */
  reason: words.nullable(),
});
export type BudgetOutcome = z.infer<typeof outcome>;

/** A budget and what became of it. It has no outcomes if the run has no such case. */
export const budgetJudgement = z.strictObject({
  budget,
  outcomes: z.array(outcome).readonly(),
});
export type BudgetJudgement = z.infer<typeof budgetJudgement>;

/** Judges budgets by the cases of a run: each case that a budget means, and each of its limits. */
export function judgeBudgets(
  budgets: readonly Budget[],
  cases: readonly CaseRecord[],
): BudgetJudgement[] {
  return budgets.map((asked) => ({
    budget: asked,
    outcomes: cases
      .filter((record) => isMeant(asked, record))
      .flatMap((record) =>
        budgetLimits.flatMap((limit) => {
          const most = asked[limit];
          return most === undefined ? [] : [judgeCase(record, limit, most)];
        }),
      ),
  }));
}

/** The budgets of a run, as they were set. */
export function budgetsOf({ budgets = [] }: WithBudgets): Budget[] {
  return budgets.map((judgement) => judgement.budget);
}

interface WithBudgets {
  readonly budgets?: readonly BudgetJudgement[] | undefined;
}

/** The field of a run's record that holds the judged budgets: none where there are none. */
export function judgedBudgets(
  budgets: readonly Budget[],
  cases: readonly CaseRecord[],
): { readonly budgets?: BudgetJudgement[] } {
  return budgets.length === 0 ? {} : { budgets: judgeBudgets(budgets, cases) };
}

/**
 * Whether a run breaks one of its budgets.
 *
 * @param cannotTell Whether a budget of which nothing can be told counts as broken, `fail`;
 *   so does one for a case that the run does not have. By default both pass.
 */
export function breaksBudget(
  { budgets = [] }: WithBudgets,
  cannotTell: "pass" | "fail" = "pass",
): boolean {
  const verdicts = new Set<LimitVerdict>(
    budgets.flatMap(({ outcomes }) =>
      outcomes.length === 0 ? ["cannot tell"] : outcomes.map(({ verdict }) => verdict),
    ),
  );
  return verdicts.has("broken") || (cannotTell === "fail" && verdicts.has("cannot tell"));
}

const selectors = [
  "runtime",
  "host",
  "network",
  "imageSize",
  "batch",
  "precision",
  "lowering",
] as const;

function isMeant(asked: Budget, record: CaseRecord): boolean {
  return selectors.every((key) => asked[key] === undefined || asked[key] === record[key]);
}

interface LimitedQuantity {
  readonly of: (record: OkCase) => { readonly value: number; readonly interval: Interval | null };
  /** The limit as a value of the quantity. */
  readonly atMost: (limit: number) => number;
}

const quantities: Readonly<Record<BudgetLimit, LimitedQuantity>> = {
  maxOverhead: {
    of: ({ overhead: { ratio, interval: within } }) => ({ value: ratio, interval: within }),
    atMost: (share) => 1 + share,
  },
  maxLatencyMs: {
    of: ({ members: { se } }) => ({ value: se.latencyMs.p50, interval: se.latencyMs.p50Interval }),
    atMost: (ms) => ms,
  },
};

function judgeCase(record: CaseRecord, limit: BudgetLimit, most: number): BudgetOutcome {
  const place = { case: record.id, limit };
  if (record.status !== "ok") {
    const reason = `the case ${withoutFigures[record.status]}: ${record.reason}`;
    return { ...place, value: null, interval: null, verdict: "cannot tell", reason };
  }
  const { of, atMost } = quantities[limit];
  const judged = of(record);
  const reason = judged.interval === null ? noInterval : null;
  return { ...place, ...judged, verdict: judge(judged.interval, atMost(most)), reason };
}

const withoutFigures: Readonly<Record<Exclude<CaseRecord["status"], "ok">, string>> = {
  untimed: "was not timed",
  alone: "is of a model by itself",
  failed: "failed",
  unavailable: "is unavailable",
};

const noInterval = "there is no interval: more replicas or runs are needed than smoke has";
