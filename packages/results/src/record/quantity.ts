import { z } from "zod";

/** A whole number from 0. */
export const count = z.int().nonnegative();

/**
 * The greatest number that a record may hold, and the least that others are divided by. No
 * figure of ours comes near them, and what is worked out from figures within them stays finite.
 */
const [least, greatest] = [1e-30, 1e30];

/** Any number that may have been measured. */
export const quantity = z.number().min(-greatest).max(greatest);

/** A number from 0. */
export const amount = quantity.min(0);

/** A number above 0, which others may be divided by. */
export const divisor = quantity.min(least);

/** The ratio of two latencies. */
export const latencyRatio = z.number().min(1e-9).max(1e9);

/** A time in milliseconds. */
export const milliseconds = quantity.min(0);

/** A share of a whole, 0 to 1. */
export const fraction = z.number().min(0).max(1);

/** A 95 % confidence interval from low to high. */
export const interval = z.tuple([quantity, quantity]).readonly();
export type Interval = z.infer<typeof interval>;

/** The most that the error of a logarithm may be: with it a ratio is known to a factor of 22,000. */
const mostError = 10;

/**
 * How well the rounds of each replica tell its ratio, as the standard error of its logarithm and the
 * rounds that this is from; an older record does not say.
 */
export const replicaErrors = z
  .array(z.strictObject({ error: amount.max(mostError), rounds: count }))
  .readonly()
  .optional();

/** A moment in UTC, as ISO 8601 writes it. */
export const moment = z.iso.datetime();

/** A text that is not empty. */
export const words = z.string().min(1);

/** The two members of a pair, each with the same fields. */
export function ofBoth<Of extends z.ZodType>(member: Of) {
  return z.strictObject({ plain: member, se: member });
}
