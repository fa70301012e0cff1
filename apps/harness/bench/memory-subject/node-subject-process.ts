/**
 * The process of a subject in Node, which `node-subject.ts` forks with a runtime's id. It runs its
 * session as often as it is told to.
 */
import { runtimeOf } from "@sebench/hosts";
import type { RuntimeId } from "@sebench/runtime";
import { openRuns } from "./memory-subject.ts";

function sayResident(): void {
  globalThis.gc!();
  process.send!({ resident: process.memoryUsage.rss() });
}

try {
  const engine = await runtimeOf(process.argv[2] as RuntimeId).load({ threads: null });
  const run = await openRuns(engine);
  process.on("message", async (runs) => {
    await run(runs as number);
    sayResident();
  });
  sayResident();
} catch (error) {
  process.send!({ error: (error as Error).message });
}
