import { z } from "zod";

/** A whole number from 0. */
export const count = z.int().nonnegative();

/** A time in milliseconds. */
export const milliseconds = z.number().nonnegative();

/** A share of a whole, 0 to 1. */
export const fraction = z.number().min(0).max(1);

/** A 95 % confidence interval from low to high. */
export const interval = z.tuple([z.number(), z.number()]).readonly();
export type Interval = z.infer<typeof interval>;

/** A moment in UTC, as ISO 8601 writes it. */
export const moment = z.iso.datetime();

/** A text that is not empty. */
export const words = z.string().min(1);

/** The two members of a pair, each with the same fields. */
export function ofBoth<Of extends z.ZodType>(member: Of) {
  return z.strictObject({ plain: member, se: member });
}
