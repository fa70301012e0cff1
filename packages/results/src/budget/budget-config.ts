import { InputError } from "@sebench/spec";
import { z } from "zod";
import { describeIssue } from "../record/read-record.ts";
import { budget } from "./budget.ts";

const budgetConfig = z.strictObject({
  budgets: z.array(budget).readonly(),
  /**
   * The meaning of a budget of which the run cannot tell whether it is kept: `pass`, the
   * default, tells it, and with `fail` the exit code is 1, too.
   */
  cannotTell: z.enum(["pass", "fail"]).default("pass"),
});

/** What `sebench.config.ts`, `.js` or `.json` may say. */
export type BudgetConfigInput = z.input<typeof budgetConfig>;

/** What a file of budgets says. */
export type BudgetConfig = z.infer<typeof budgetConfig>;

/**
 * Checks what a file of budgets gave.
 *
 * @param source The name of the file in errors.
 * @throws InputError that names the file, the entry and the first thing that is wrong with it
 */
export function parseBudgetConfig(value: unknown, source: string): BudgetConfig {
  const { success, data, error } = budgetConfig.safeParse(value);
  if (success) return data;
  throw new InputError(`${source}: ${describeIssue(error)}`, {
    remedy:
      'give { "budgets": [{ "runtime": "onnxruntime-node/cpu", "network": "se-resnet50", "maxOverhead": 0.06 }] }',
    cause: error,
  });
}
