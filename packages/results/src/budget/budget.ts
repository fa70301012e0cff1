import { InputError } from "@sebench/spec";
import { z } from "zod";
import { amount, count, words } from "../record/quantity.ts";
import { check } from "../record/read-record.ts";

/** A limit in the unit of what it limits. */
const limit = amount;

/**
 * What SE may cost. The fields from `runtime` to `lowering` say for which cases: a case is
 * meant if it has each of those that are given.
 */
export const budget = z
  .strictObject({
    /** The engine and the device: `onnxruntime-node/cpu`. */
    runtime: words.optional(),
    /** The host that executes the JavaScript: `node`. */
    host: words.optional(),
    /** The network with SE: `se-resnet50`. */
    network: words,
    /** The height and the width of an image, in pixels. */
    imageSize: count.min(1).optional(),
    /** The images in one run. */
    batch: count.min(1).optional(),
    precision: z.enum(["fp32", "fp16", "int8"]).optional(),
    /** The way in which SE is written as operators: `gemm`. */
    lowering: words.optional(),
    /** The overhead as a share of the plain latency: 0.06 is 6 %. */
    maxOverhead: limit.optional(),
    /** The median latency of the network with SE, in milliseconds. */
    maxLatencyMs: limit.optional(),
  })
  .refine(({ maxOverhead, maxLatencyMs }) => (maxOverhead ?? maxLatencyMs) !== undefined, {
    error: "has no limit: give maxOverhead or maxLatencyMs",
  });
export type Budget = z.infer<typeof budget>;

/** The quantities that a budget may limit, by the names of the limits. */
export const budgetLimits = ["maxOverhead", "maxLatencyMs"] as const;
export type BudgetLimit = (typeof budgetLimits)[number];

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
  const result = check(budgetConfig, value);
  if (result.ok) return result.data;
  throw new InputError(`${source}: ${result.wrong}`, {
    remedy:
      'give { "budgets": [{ "runtime": "onnxruntime-node/cpu", "network": "se-resnet50", "maxOverhead": 0.06 }] }',
    cause: result.cause,
  });
}
