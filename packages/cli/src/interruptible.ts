import { setTimeout as sleep } from "node:timers/promises";

/** Ctrl-C, a request to end, and a terminal that was closed: all of them are interrupts. */
const interrupts = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * The time in which another interrupt counts as the same one, in milliseconds: `pnpm` and `npm` hand
 * on a Ctrl-C that the terminal has sent to their script as well.
 */
const sameMs = 1000;

const interruptedCode = 130;

/**
 * Runs a task that Ctrl-C, SIGTERM or SIGHUP ends through its signal. A second interrupt, while the
 * task winds down, ends the process at once.
 *
 * @returns Whether the task was interrupted.
 * @throws whatever the task throws, unless it was interrupted
 */
export async function interruptible(
  task: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const interrupt = new AbortController();
  let first = Infinity;
  const onSignal = () => {
    if (performance.now() - first > sameMs) process.exit(interruptedCode);
    if (!interrupt.signal.aborted) first = performance.now();
    interrupt.abort(new Error("interrupted"));
  };
  for (const name of interrupts) process.on(name, onSignal);
  try {
    await task(interrupt.signal);
  } catch (error) {
    // An error that Ctrl-C causes, as in tsx's compiler, may arrive before the signal itself.
    await sleep(50);
    if (!interrupt.signal.aborted) throw error;
  } finally {
    for (const name of interrupts) process.off(name, onSignal);
  }
  return interrupt.signal.aborted;
}
