import { readdirSync, readFileSync } from "node:fs";

/**
 * Makes a reader of the processor time that all threads of some processes have taken, in
 * milliseconds, counted from the first reading. Linux tells it to the nanosecond in `schedstat`
 * (`Documentation/scheduler/sched-stats`), and brings that of a thread that runs up to date at each
 * tick, so it is exact for threads that wait. What a thread took between the last reading and its
 * end is lost. The reader gives null where the system tells of no thread, as on any other than
 * Linux.
 */
export function threadTimeReader(): (processes: readonly number[]) => number | null {
  const seen = new Map<string, number>();
  let totalNs = 0;
  let isFirst = true;
  return (processes) => {
    let told = 0;
    for (const thread of processes.flatMap(threadsOf)) {
      const ns = readTime(thread);
      if (ns === null) continue;
      told += 1;
      const before = seen.get(thread) ?? 0;
      // A thread that took less than before is another one with the number of one that ended.
      if (!isFirst) totalNs += ns < before ? ns : ns - before;
      seen.set(thread, ns);
    }
    isFirst = false;
    return told === 0 ? null : totalNs / 1e6;
  };
}

function threadsOf(id: number): string[] {
  try {
    return readdirSync(`/proc/${id}/task`).map((thread) => `/proc/${id}/task/${thread}/schedstat`);
  } catch {
    return [];
  }
}

/** The first number of a thread's `schedstat`, in nanoseconds, or null where it is not there. */
function readTime(file: string): number | null {
  try {
    const ns = Number.parseInt(readFileSync(file, "utf8"), 10);
    return Number.isNaN(ns) ? null : ns;
  } catch {
    return null;
  }
}
