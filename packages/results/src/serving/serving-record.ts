import { type LatencyLimit, loadsByRate, median, type Member, rateBounds } from "@sebench/measure";
import { z } from "zod";
import { amount, count, divisor, milliseconds, ofBoth, words } from "../record/quantity.ts";

/** The percentiles that a limit may be on, as shares. */
export const percentiles = { p50: 0.5, p90: 0.9, p99: 0.99 } as const;
export type Percentile = keyof typeof percentiles;

/** The name of a percentile that a limit may be on. */
export const percentileName = z.enum(["p50", "p90", "p99"]);

/** The scenarios of a server, in the words of MLPerf. */
export const scenarioNames = ["offline", "server"] as const;
export type ScenarioName = (typeof scenarioNames)[number];

/** What is asked of the scenarios of each case, as a run keeps it to go on. */
export const scenarioRequest = z.strictObject({
  names: z.array(z.enum(scenarioNames)).min(1).readonly(),
  /** The percentile of the latency that must not lie above the limit of the server scenario. */
  percentile: percentileName,
  /** The limit, or null where the server scenario is not asked for. */
  limitMs: divisor.nullable(),
  /** The numbers of worker processes, or null for 1 to the number of cores. */
  workers: z.array(count.min(1)).min(1).readonly().nullable(),
  /** The time for one scenario of one case. */
  seconds: divisor,
});
export type ScenarioRequest = z.infer<typeof scenarioRequest>;

/** The request as it follows `--scenario`: `server --slo-ms 100 --percentile p90`. */
export function describeScenarios(request: ScenarioRequest): string {
  const { names, percentile, limitMs, workers, seconds } = request;
  const limit = limitMs === null ? "" : ` --slo-ms ${limitMs} --percentile ${percentile}`;
  const crews = workers === null ? "" : ` --workers ${workers.join(",")}`;
  return `${names.toSorted().join(",")}${limit}${crews} --scenario-budget ${seconds}`;
}

/** The worker processes, and the threads of each. */
const workers = {
  workers: count.min(1),
  /** The threads asked of each worker's engine, or null for the engine's own default. */
  threads: count.min(1).nullable(),
};

const failure = { reason: words, remedy: words.nullable() };

/** The images a second of each window of time, in their order; plain and SE take windows in turns. */
const windows = z.array(amount).min(1).readonly();

/** The throughput with one batch and one number of workers, which always have a next batch. */
const offlineRow = z.strictObject({
  ...workers,
  batch: count.min(1),
  /** Whether it measures a row that was the best again, with workers of their own. */
  confirms: z.boolean(),
  outcome: z.discriminatedUnion("status", [
    z.strictObject({ status: z.literal("ok"), imagesPerSecond: ofBoth(windows) }),
    z.strictObject({ status: z.literal("failed"), ...failure }),
  ]),
});
export type OfflineRow = z.infer<typeof offlineRow>;

/** The requests at one rate. */
const load = z.strictObject({
  /** The requests a second. */
  rate: divisor,
  /** The seed of the times at which they are due. */
  seed: count,
  /** The latencies of the answered requests, from the times at which they were due. */
  latenciesMs: z.array(milliseconds).readonly(),
  /** The requests that were due and got no answer; each counts as later than any limit. */
  unanswered: count,
  /** The median time of a run under this load, by the workers' clocks, or null if none was answered. */
  runMs: milliseconds.nullable(),
  /** The longest time by which a request was seen later than it was due. */
  lateMs: milliseconds,
});
export type LoadRecord = z.infer<typeof load>;

/** The loads of one member with one number of workers. */
const servedMember = z.strictObject({
  /** The requests a second of each window in which the workers always had a next one. */
  capacity: windows,
  loads: z.array(load).readonly(),
  /**
   * The reason why the search ended: at `precise` the rates that keep the limit and that do not are
   * within 5 %, at `capacity` even the capacity keeps it, at `never` a tenth of the capacity does not,
   * at `budget` the time was spent, and at `failed` a worker died.
   */
  ended: z.enum(["precise", "capacity", "never", "budget", "failed"]),
});
export type ServedMember = z.infer<typeof servedMember>;

const serverRow = z.strictObject({
  ...workers,
  /** Both members, or null if a worker died before there was a load. */
  members: ofBoth(servedMember).nullable(),
  /** The end of a worker that died, or null if none did. */
  failure: z.strictObject(failure).nullable(),
});
export type ServerRow = z.infer<typeof serverRow>;

const lacking = [
  z.strictObject({ status: z.literal("failed"), ...failure }),
  z.strictObject({ status: z.literal("unavailable"), ...failure }),
] as const;

const offlineRecord = z.discriminatedUnion("status", [
  z.strictObject({ status: z.literal("ok"), rows: z.array(offlineRow).min(1).readonly() }),
  ...lacking,
]);
export type OfflineRecord = z.infer<typeof offlineRecord>;

const serverRecord = z.discriminatedUnion("status", [
  z.strictObject({
    status: z.literal("ok"),
    /** The percentile of the latency that must not lie above the limit. */
    percentile: percentileName,
    limitMs: divisor,
    rows: z.array(serverRow).min(1).readonly(),
  }),
  ...lacking,
]);
export type ServerRecord = z.infer<typeof serverRecord>;
export type MeasuredServer = Extract<ServerRecord, { readonly status: "ok" }>;

/** What a server meets: each scenario is left out where it was not asked for. */
export const servingRecord = z.strictObject({
  offline: offlineRecord.optional(),
  server: serverRecord.optional(),
});
export type ServingRecord = z.infer<typeof servingRecord>;

/** The row with the most images a second of a member, of those that were confirmed where there are any. */
export function bestOffline(rows: readonly OfflineRow[], member: Member): OfflineRow | null {
  const ok = rows.filter(({ outcome }) => outcome.status === "ok");
  const confirmed = ok.filter(({ confirms }) => confirms);
  const ranked = (confirmed.length > 0 ? confirmed : ok).toSorted(
    (a, b) => throughputOf(b, member)! - throughputOf(a, member)!,
  );
  return ranked[0] ?? null;
}

/** The median of the images a second of all windows, or null where a worker died. */
export function throughputOf({ outcome }: OfflineRow, member: Member): number | null {
  return outcome.status === "ok" ? median(outcome.imagesPerSecond[member]) : null;
}

/** The loads as the statistics have them, lowest rate first, those of one rate together. */
export function ratesOf({ loads }: Pick<ServedMember, "loads">) {
  const plain = loads.map(({ latenciesMs, ...rest }) => ({ ...rest, samplesMs: latenciesMs }));
  return loadsByRate(plain);
}

/** The highest rate of a member that keeps a limit, and with how many workers. */
export interface ServedRate {
  readonly row: ServerRow;
  readonly rate: number;
  /** The lowest rate with as many workers that does not keep the limit, or null where all do. */
  readonly notKept: number | null;
}

/** The number of workers and the highest rate that keeps a limit, of those that were tried. */
export function bestServed(
  rows: readonly ServerRow[],
  member: Member,
  limit: LatencyLimit,
): ServedRate | null {
  const rates = rows.flatMap((row) => {
    if (row.members === null) return [];
    const { kept, notKept } = rateBounds(ratesOf(row.members[member]).flat(), limit);
    return kept === null ? [] : [{ row, rate: kept, notKept }];
  });
  return rates.toSorted((a, b) => b.rate - a.rate)[0] ?? null;
}

const workersText = (crew: number) => `${crew} ${crew === 1 ? "worker" : "workers"}`;

/** What went wrong in the scenarios of a case, in words; a scenario that its host lacks is no failure. */
export function servingFailures({ offline, server }: ServingRecord): string[] {
  const failures: string[] = [];
  if (offline?.status === "failed") failures.push(`offline: ${offline.reason}`);
  if (server?.status === "failed") failures.push(`server: ${server.reason}`);
  if (offline?.status === "ok") {
    for (const { workers: crew, batch, outcome } of offline.rows) {
      if (outcome.status === "ok") continue;
      failures.push(`offline, ${workersText(crew)}, batch ${batch}: ${outcome.reason}`);
    }
  }
  if (server?.status === "ok") {
    for (const { workers: crew, failure: end } of server.rows) {
      if (end !== null) failures.push(`server, ${workersText(crew)}: ${end.reason}`);
    }
  }
  return failures;
}

/** Why a case keeps no limit at any rate, or cannot be told to. */
export function whyNotServed({ server }: Partial<ServingRecord>, limit: string): string {
  if (server === undefined) return "no load was measured: run it with --scenario server --slo-ms";
  if (server.status !== "ok") return `${server.status}: ${server.reason}`;
  const failed = server.rows.find(({ failure: end }) => end !== null);
  const end = failed ? ` (${failed.failure!.reason})` : "";
  return `none of its rates keeps ${limit}${end}`;
}
