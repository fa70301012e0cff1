import { z } from "zod";

/** A whole number from 0. */
export const count = z.int().nonnegative();

/** Milliseconds. */
export const milliseconds = z.number().nonnegative();

/** A share of a whole, 0 to 1. */
export const fraction = z.number().min(0).max(1);

/** A 95 % confidence interval: low, high. */
export const interval = z.tuple([z.number(), z.number()]).readonly();
export type Interval = z.infer<typeof interval>;

/** A moment, ISO 8601 in UTC. */
export const moment = z.iso.datetime();

/** Text that says something. */
export const words = z.string().min(1);

/** The two members of a pair, each with the same fields. */
export function ofBoth<Of extends z.ZodType>(member: Of) {
  return z.strictObject({ plain: member, se: member });
}
