import type { Session } from "@sebench/runtime";

/**
 * Calls `use` and disposes of every session that it opened, last first, whether it
 * succeeds or fails. Of several errors the first is thrown, since what fails on the
 * way out mostly follows from it.
 */
export async function withSessions<Result>(
  use: (keep: (session: Session) => void) => Promise<Result>,
): Promise<Result> {
  const opened: Session[] = [];
  const [outcome] = await Promise.allSettled([use((session) => void opened.push(session))]);
  const disposals: PromiseSettledResult<void>[] = [];
  for (const session of opened.toReversed()) {
    const disposal = Promise.resolve(session[Symbol.asyncDispose]());
    disposals.push(...(await Promise.allSettled([disposal])));
  }
  if (outcome.status === "rejected") {
    throw outcome.reason;
  }
  const failed = disposals.find((disposal) => disposal.status === "rejected");
  if (failed !== undefined) {
    throw failed.reason;
  }
  return outcome.value;
}
