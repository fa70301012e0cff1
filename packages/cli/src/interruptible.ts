import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs a task that Ctrl-C or SIGTERM ends through its signal.
 *
 * @returns Whether the task was interrupted.
 * @throws whatever the task throws, unless it was interrupted
 */
export async function interruptible(
  task: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort(new Error("interrupted"));
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    await task(interrupt.signal);
  } catch (error) {
    // An error that Ctrl-C causes, as in tsx's compiler, may arrive before the signal itself.
    await sleep(50);
    if (!interrupt.signal.aborted) throw error;
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
  return interrupt.signal.aborted;
}
