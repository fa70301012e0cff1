import { judge, type LimitVerdict, type OkCase } from "@sebench/results";
import { expect } from "vitest";

/** The part of a case's record that the matcher reads. */
export type Measured = Pick<OkCase, "overhead">;

/** What a matcher gives to vitest: with `.not`, a `pass` is a failure. */
export interface MatcherOutcome {
  readonly pass: boolean;
  readonly message: () => string;
}

/** Judges the overhead of a case against a limit. What cannot be told fails, negated or not. */
export function costOutcome(received: Measured, limit: number, isNot: boolean): MatcherOutcome {
  const { ratio, interval } = requireMeasured(received).overhead;
  const verdict = judge(interval, 1 + limit);
  const most = percent(1 + limit);
  const measured =
    interval === null
      ? `about ${percent(ratio)} %, without an interval`
      : `${percent(ratio)} % [${percent(interval[0])}, ${percent(interval[1])}]`;
  const pass: Readonly<Record<LimitVerdict, boolean>> = {
    kept: true,
    broken: false,
    "cannot tell": isNot,
  };
  return {
    pass: pass[verdict],
    message: () =>
      verdict === "cannot tell"
        ? `cannot tell whether SE costs at most ${most} %: it costs ${measured}. ` +
          "Narrow the interval: measure with more budgetSeconds, and nothing else running"
        : `expected SE ${isNot ? "not " : ""}to cost at most ${most} %, and it costs ${measured}`,
  };
}

function requireMeasured(received: Measured): Measured {
  if (typeof received?.overhead?.ratio === "number") return received;
  throw new TypeError(
    "toCostAtMost expects the record of a case, as measurePair gives it: expect(await measurePair(...))",
  );
}

/** A ratio as what it adds, in percent with one decimal. */
function percent(ratio: number): string {
  return ((ratio - 1) * 100).toFixed(1);
}

interface CostMatchers<R = unknown> {
  /**
   * Passes if the whole 95 % interval of SE's overhead is at or below a limit, and fails if
   * the whole interval is above it. In between it fails and says that it cannot tell, with
   * `.not` as well: then the measurement needs more `budgetSeconds`.
   *
   * @param limit The overhead as a share of the plain latency: 0.06 is 6 %.
   */
  toCostAtMost(limit: number): R;
}

declare module "vitest" {
  // The name and the parameter are vitest's own.
  // oxlint-disable-next-line typescript/no-explicit-any, typescript/no-empty-object-type
  interface Matchers<T = any> extends CostMatchers<T> {}
}

expect.extend({
  toCostAtMost(received: Measured, limit: number) {
    const { isNot } = this as { readonly isNot?: boolean };
    return costOutcome(received, limit, isNot ?? false);
  },
});
