import { z } from "zod";
import { count, words } from "../record/quantity.ts";

/** A limit in the unit of what it limits. */
const limit = z.number().nonnegative();

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
