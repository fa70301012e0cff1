import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs a task that Ctrl-C or SIGTERM ends through its signal.
 *
 * @returns whether the task was interrupted
 * @throws what the task throws, unless it was interrupted
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
    // What Ctrl-C breaks, such as tsx's compiler, may be heard of before it.
    await sleep(50);
    if (!interrupt.signal.aborted) throw error;
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
  return interrupt.signal.aborted;
}
