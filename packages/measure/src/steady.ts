import { median } from "./quantile.ts";

/** Windows that must agree before a warm-up counts as done. */
const windows = 6;

/**
 * True where times have settled, judged by the medians of the last six windows
 * of runs: the middle one of the older three and of the newer three agree
 * within `tolerance`, and the six do not fall from each to the next. Halves of
 * three let one disturbed window pass; steady times fall six times running by
 * chance once in 720.
 *
 * @param tolerance relative: 0.02 is 2 %
 */
export function isSteady(windowMediansMs: readonly number[], tolerance: number): boolean {
  const last = windowMediansMs.slice(-windows);
  if (last.length < windows) {
    return false;
  }
  const older = median(last.slice(0, windows / 2));
  const newer = median(last.slice(windows / 2));
  const falling = last.every((ms, index) => index === 0 || ms < last[index - 1]!);
  return Math.abs(older - newer) <= tolerance * newer && !falling;
}
