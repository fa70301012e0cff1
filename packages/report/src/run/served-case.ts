import { percentileOfLoads, type LatencyLimit, type Member, median } from "@sebench/measure";
import {
  bestOffline,
  bestServed,
  type MeasuredServer,
  type OkCase,
  parityHolds,
  percentiles,
  ratesOf,
  type RunRecord,
  type ServedRate,
  type ServerRow,
  servingFailures,
  throughputOf,
} from "@sebench/results";
import { oneLine } from "@sebench/spec";
import { workLabel } from "../case/case-label.ts";
import { formatMs, formatMsWithin, formatRate, formatShare } from "../text/format.ts";

/** The cases that were measured as a server meets them. */
export function servedCases({ cases }: RunRecord): OkCase[] {
  return cases
    .filter((record) => record.status === "ok")
    .filter(({ serving }) => serving !== undefined);
}

export function limitOf({ percentile, limitMs }: MeasuredServer): LatencyLimit {
  return { probability: percentiles[percentile], limitMs };
}

/** The limit in words: `p90 within 50 ms`. */
export function limitText({
  percentile,
  limitMs,
}: Pick<MeasuredServer, "percentile" | "limitMs">): string {
  return `${percentile} within ${limitMs} ms`;
}

/** The workers in words: `2 workers of 1 thread`. */
export function crewText({ workers, threads }: Pick<ServerRow, "workers" | "threads">): string {
  const count = `${workers} ${workers === 1 ? "worker" : "workers"}`;
  return threads === null
    ? count
    : `${count} of ${threads} ${threads === 1 ? "thread" : "threads"}`;
}

/** What SE takes away from a throughput: `−24.1 %`, or that it does not. */
function lossText(plain: number, se: number): string {
  const loss = 1 - se / plain;
  return loss > 0 ? `SE takes ${formatShare(loss)} of it` : "SE takes nothing of it";
}

/** The highest rate of a member that keeps the limit, with the one that does not: `80.1, not 84.3`. */
export function rateText(row: ServerRow, member: Member, server: MeasuredServer): string {
  if (row.members === null) return "failed";
  const { ended } = row.members[member];
  const best = bestServed([row], member, limitOf(server));
  if (best === null) return ended === "failed" ? "failed" : "none";
  const rate = formatRate(best.rate);
  if (ended === "capacity") return `${rate}, its capacity`;
  return best.notKept === null ? `at least ${rate}` : `${rate}, not ${formatRate(best.notKept)}`;
}

/** The highest rate of a member in words: `80.1 requests/s with SE (1 worker; 84.3 are too many)`. */
function rateSentence({ row, rate, notKept }: ServedRate, member: Member): string {
  const { ended } = row.members![member];
  const beyond = notKept === null ? "more were not tried" : `${formatRate(notKept)} are too many`;
  const end = {
    precise: beyond,
    never: beyond,
    capacity: "as many as they can answer",
    budget: `${beyond}, and the time ended the search`,
    failed: `${beyond}, and a worker failed`,
  }[ended];
  const which = member === "se" ? "with SE" : "without";
  return `${formatRate(rate)} requests/s ${which} (${crewText(row)}; ${end})`;
}

/** The remedy where the time ended a search, or nothing. */
function budgetSentence({ rows }: MeasuredServer): string {
  const ends = rows.flatMap(({ members }) => (members ? Object.values(members) : []));
  const isCut = ends.some(({ ended }) => ended === "budget");
  return isCut ? " A larger --scenario-budget narrows the rates." : "";
}

/** Whether a search found the highest rate, to 5 %. */
function isFound({ row }: ServedRate, member: Member): boolean {
  return ["precise", "capacity"].includes(row.members![member].ended);
}

/**
 * What is said of a member that no rate keeps the limit for: the lowest rate that was tried, and its
 * latency there.
 */
function neverText(row: ServerRow, member: Member, server: MeasuredServer): string {
  const [lowest] = row.members === null ? [] : ratesOf(row.members[member]);
  if (!lowest) return "nothing was tried";
  const latency = percentileOfLoads(lowest, limitOf(server).probability);
  const at = `at ${formatRate(lowest[0]!.rate)} requests/s`;
  const least = Math.min(...lowest.flatMap(({ samplesMs }) => samplesMs));
  if (Number.isFinite(least) && least > server.limitMs) {
    return `${at} even the fastest answer takes ${formatMs(least)}`;
  }
  const unanswered = lowest.reduce((sum, load) => sum + load.unanswered, 0);
  if (unanswered > 0) return `${at}, ${unanswered} requests got no answer`;
  if (latency === null) return `${at} the requests tell too little of ${server.percentile}`;
  return `${at} ${server.percentile} is ${formatMsWithin(latency.ms, latency.interval)}`;
}

/** The sentences about a case as a server meets it, each about one scenario or one failure. */
export function servingSentences(record: OkCase, label: (of: OkCase) => string): string[] {
  const { offline, server } = record.serving!;
  const place = `${workLabel(record)} on ${label(record)}`;
  const lacking = [offline, server].flatMap((scenario) =>
    scenario?.status === "unavailable"
      ? [`${place}: not measured as a server meets it, since ${scenario.reason}.`]
      : [],
  );
  return [
    ...(offline?.status === "ok" ? offlineSentence(record, place) : []),
    ...(server?.status === "ok" ? [`${place}: ${serverSentence(server)}`] : []),
    ...new Set(lacking),
    ...servingFailures(record.serving!).map((failure) => `${place}: ${oneLine(failure)}.`),
    ...(parityHolds(record) ? [] : [`${place}: its output is wrong, so no rate counts.`]),
  ];
}

function offlineSentence({ serving, network }: OkCase, place: string): string[] {
  const offline = serving!.offline;
  if (offline?.status !== "ok") return [];
  const [plain, se] = (["plain", "se"] as const).map((member) => bestOffline(offline.rows, member));
  if (!plain || !se) return [];
  const at = (row: typeof se) => `${crewText(row)}, batch ${row.batch}`;
  const [most, mostSe] = [throughputOf(plain, "plain")!, throughputOf(se, "se")!];
  return [
    `${place.replace(/, batch \d+/, "")}, offline: at most ${formatRate(mostSe)} images/s with ${network} (${at(se)}) and ${formatRate(most)} without SE (${at(plain)}); ${lossText(most, mostSe)}.`,
  ];
}

function serverSentence(server: MeasuredServer): string {
  const [plain, se] = (["plain", "se"] as const).map((member) =>
    bestServed(server.rows, member, limitOf(server)),
  );
  const limit = limitText(server);
  if (!se) {
    const tried = server.rows.filter(({ members }) => members !== null);
    if (tried.length === 0) return `no rate was tried for ${limit}.`;
    const told = tried.map((row) => `${crewText(row)}: ${neverText(row, "se", server)}`);
    const other = plain ? ` Without SE, ${formatRate(plain.rate)} requests/s do.` : "";
    return `no rate that was tried keeps ${limit} with SE (${told.join("; ")}).${other}${budgetSentence(server)}`;
  }
  const told = [
    rateSentence(se, "se"),
    plain ? rateSentence(plain, "plain") : "at no rate that was tried without",
  ];
  const isTold = plain && isFound(plain, "plain") && isFound(se, "se");
  const loss = isTold ? `; ${lossText(plain.rate, se.rate)}` : "";
  return `${limit} is kept at ${told.join(" and ")}${loss}.${budgetSentence(server)}`;
}

export const servingColumns = [
  { title: "Runtime and work", align: "left" },
  { title: "Workers", align: "left" },
  { title: "Capacity, plain → SE", align: "right" },
  { title: "Keeps the limit, plain", align: "right" },
  { title: "Keeps the limit, SE", align: "right" },
] as const;

/** The rows under `servingColumns` of a case's server scenario. */
export function servingCells(record: OkCase, label: (of: OkCase) => string): string[][] {
  const server = record.serving?.server;
  if (server?.status !== "ok") return [];
  return server.rows.map((row) => [
    `${label(record)}: ${workLabel(record)}, ${limitText(server)}`,
    crewText(row),
    row.members === null
      ? "failed"
      : `${formatRate(median(row.members.plain.capacity))} → ${formatRate(median(row.members.se.capacity))}`,
    rateText(row, "plain", server),
    rateText(row, "se", server),
  ]);
}
