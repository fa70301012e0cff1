import type { LoadRecord, ServerRow } from "../serving/serving-record.ts";

/** Two loads of 100 requests each, all with one latency. */
export function sampleLoads(rate: number, ms: number): LoadRecord[] {
  return [1000, 1001].map((seed) => ({
    rate,
    seed,
    latenciesMs: Array.from({ length: 100 }, () => ms),
    unanswered: 0,
    runMs: 4,
    lateMs: 0.1,
  }));
}

interface Given {
  readonly workers: number;
  /** The rate at which latencies are 5 ms. */
  readonly kept: number;
  /** The rate at which latencies are 20 ms, or null for none. */
  readonly notKept: number | null;
}

/** A row of the server scenario whose members are alike. */
export function sampleServer({ workers, kept, notKept }: Given): ServerRow {
  const loads = [...sampleLoads(kept, 5), ...(notKept === null ? [] : sampleLoads(notKept, 20))];
  const ended = notKept === null ? "capacity" : "precise";
  const member = { capacity: [200, 210, 220], loads, ended } as const;
  return { workers, threads: 1, members: { plain: member, se: member }, failure: null };
}
