/** The time in which the clock is watched, in milliseconds. */
const watchedMs = 40;

/** The smallest step of this page's clock that was seen in 40 ms, in milliseconds. */
export function watchedClockStep(): number {
  let last = performance.now();
  const endMs = last + watchedMs;
  let least = Infinity;
  while (last < endMs) {
    const now = performance.now();
    if (now > last) least = Math.min(least, now - last);
    last = now;
  }
  // A step of 0.02 comes as a difference of two sums of such steps.
  return Number(least.toPrecision(4));
}
