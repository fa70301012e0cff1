import { expect } from "vitest";
import { costOutcome, type Measured } from "./cost-outcome.ts";

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
