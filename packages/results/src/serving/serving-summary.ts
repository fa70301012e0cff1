import { type Member, members } from "@sebench/measure";
import { z } from "zod";
import { divisor, ofBoth, words } from "../record/quantity.ts";
import {
  bestOffline,
  bestServed,
  type MeasuredServer,
  type OfflineRow,
  type Percentile,
  percentileName,
  percentiles,
  servingFailures,
  type ServingRecord,
  throughputOf,
} from "./serving-record.ts";

/** What a server meets, without its samples, as a history keeps it. */
export const servingSummary = z.strictObject({
  /** The most images a second of each member, or null if that was not measured. */
  offline: z.strictObject({ imagesPerSecond: ofBoth(divisor.nullable()) }).nullable(),
  /** The highest rate of each member that keeps the limit, or null if that was not measured. */
  server: z
    .strictObject({
      percentile: percentileName,
      limitMs: divisor,
      /** The requests a second, or null if no rate that was tried keeps the limit. */
      kept: ofBoth(divisor.nullable()),
    })
    .nullable(),
  failures: z.array(words).readonly(),
});
export type ServingSummary = z.infer<typeof servingSummary>;

/** Summarizes the scenarios of a case by the best row of each member. */
export function summarizeServing(record: ServingRecord): ServingSummary {
  const { offline, server } = record;
  const throughput = (rows: readonly OfflineRow[], member: Member) => {
    const best = bestOffline(rows, member);
    return best && throughputOf(best, member);
  };
  const kept = ({ rows, percentile, limitMs }: MeasuredServer, member: Member) =>
    bestServed(rows, member, { probability: percentiles[percentile], limitMs })?.rate ?? null;
  return {
    offline:
      offline?.status === "ok"
        ? {
            imagesPerSecond: {
              plain: throughput(offline.rows, "plain"),
              se: throughput(offline.rows, "se"),
            },
          }
        : null,
    server:
      server?.status === "ok"
        ? {
            percentile: server.percentile,
            limitMs: server.limitMs,
            kept: { plain: kept(server, "plain"), se: kept(server, "se") },
          }
        : null,
    failures: servingFailures(record),
  };
}

/** What a member serves in each of two runs. */
export interface ServedChange {
  readonly member: Member;
  /** The limit that a rate of the server scenario keeps, or null for the offline scenario. */
  readonly limit: { readonly percentile: Percentile; readonly limitMs: number } | null;
  /** Images a second offline, requests a second under a limit; null where a run served none. */
  readonly base: number | null;
  readonly head: number | null;
}

/**
 * What both runs measured as a server meets it. Rates under different limits do not compare, and are
 * left out.
 */
export function servedChanges(
  base: ServingSummary | null | undefined,
  head: ServingSummary | null | undefined,
): ServedChange[] {
  if (!base || !head) return [];
  const [before, after] = [base.offline?.imagesPerSecond, head.offline?.imagesPerSecond];
  const offline =
    before && after
      ? members.map((member) => ({
          member,
          limit: null,
          base: before[member],
          head: after[member],
        }))
      : [];
  const [from, to] = [base.server, head.server];
  if (!from || !to || from.percentile !== to.percentile || from.limitMs !== to.limitMs) {
    return offline;
  }
  const { percentile, limitMs } = to;
  const served = members.map((member) => {
    const limit = { percentile, limitMs };
    return { member, limit, base: from.kept[member], head: to.kept[member] };
  });
  return [...offline, ...served];
}
