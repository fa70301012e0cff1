import {
  type BatchRates,
  type LatencyLimit,
  median,
  type Member,
  members,
  nextBatch,
  nextLoad,
  poissonArrivals,
  requestsOf,
  seededRandom,
  shuffled,
} from "@sebench/measure";
import {
  bestOffline,
  type LoadRecord,
  type OfflineRow,
  ratesOf,
  type ServedMember,
  type ServerRow,
  throughputOf,
} from "@sebench/results";
import { type Metronome, sendLoad, startMetronome, windowsOf, type WorkerSet } from "./workers.ts";

/** The workers of a row. */
export interface Crew {
  readonly workers: number;
  /** The threads of each worker's engine, or null for the engine's own default. */
  readonly threads: number | null;
}

/** What is measured, and with what. */
export interface ServingPlace {
  readonly crews: readonly Crew[];
  /** Starts the workers of both members. Throws where one does not answer, or not as the oracle. */
  open(crew: Crew, batch: number): Promise<WorkerSet>;
  /** Throws where a worker no longer answers as the oracle. */
  verify(set: WorkerSet): Promise<void>;
  readonly seed: number;
  readonly budgetMs: number;
  /** Ends the measurement with its reason. */
  readonly signal: AbortSignal;
  /** Is called now and then while the place measures. */
  tell(): void;
}

const screeningWindows = 3;
const confirmingWindows = 9;
const capacityWindows = 3;

/**
 * The share of the time after which no new row is begun, so that the best can be confirmed. Each
 * number of workers has an equal part of it, and one row at least.
 */
const screeningShare = 0.7;

function failureOf(error: unknown, what: string) {
  const { message, remedy = null } = error as Error & { readonly remedy?: string | null };
  return { reason: `${what}: ${message}`, remedy };
}

/**
 * Finds the batch and the number of workers with the most images a second: for each number of workers
 * the batch doubles while that helps. The best row of each member is then measured again.
 *
 * @param batches The batches to try, or null for those that the search chooses.
 * @param mostBatch The largest batch that the search may choose.
 */
export async function measureOffline(
  place: ServingPlace,
  batches: readonly number[] | null,
  mostBatch: number,
): Promise<OfflineRow[]> {
  const rows: OfflineRow[] = [];
  const beganMs = performance.now();
  for (const [index, crew] of place.crews.entries()) {
    const share = (screeningShare * (index + 1)) / place.crews.length;
    const tried: BatchRates[] = [];
    for (;;) {
      const batch = batches === null ? nextBatch(tried, mostBatch) : batches[tried.length];
      if (batch === null || batch === undefined) break;
      const isLate = performance.now() > beganMs + share * place.budgetMs;
      if (batches === null && tried.length > 0 && isLate) break;
      const row = await offlineRow(place, crew, batch, false);
      rows.push(row);
      if (row.outcome.status === "failed") break;
      tried.push({ batch, rates: members.map((member) => throughputOf(row, member)!) });
    }
  }
  const best = new Set(members.flatMap((member) => bestOffline(rows, member) ?? []));
  for (const { workers, threads, batch } of best) {
    rows.push(await offlineRow(place, { workers, threads }, batch, true));
  }
  return rows;
}

async function offlineRow(
  place: ServingPlace,
  crew: Crew,
  batch: number,
  confirms: boolean,
): Promise<OfflineRow> {
  place.tell();
  const row = { ...crew, batch, confirms };
  try {
    await using set = await place.open(crew, batch);
    const count = confirms ? confirmingWindows : screeningWindows;
    const runs = await windowsOf(place, set, count);
    await place.verify(set);
    const images = (member: Member) => runs[member].map((rate) => rate * batch);
    const imagesPerSecond = { plain: images("plain"), se: images("se") };
    return { ...row, outcome: { status: "ok", imagesPerSecond } };
  } catch (error) {
    place.signal.throwIfAborted();
    return { ...row, outcome: { status: "failed", ...failureOf(error, "a worker failed") } };
  }
}

/**
 * Finds, for each number of workers, the highest rate of requests that keeps the limit; loads of plain
 * and SE take turns. A worker that dies ends the row, which keeps what was measured before.
 */
export async function measureServer(
  place: ServingPlace,
  limit: LatencyLimit,
  batch: number,
): Promise<ServerRow[]> {
  const rows: ServerRow[] = [];
  const endMs = performance.now() + place.budgetMs;
  for (const [index, crew] of place.crews.entries()) {
    const leftMs = Math.max(0, endMs - performance.now());
    rows.push(
      await serverRow(place, crew, { limit, batch, ms: leftMs / (place.crews.length - index) }),
    );
  }
  return rows;
}

interface Search {
  readonly limit: LatencyLimit;
  readonly batch: number;
  /** The time for the row, in milliseconds. */
  readonly ms: number;
}

async function serverRow(place: ServingPlace, crew: Crew, search: Search): Promise<ServerRow> {
  place.tell();
  const endMs = performance.now() + search.ms;
  try {
    await using set = await place.open(crew, search.batch);
    await using metronome = startMetronome();
    const capacity = await windowsOf(place, set, capacityWindows);
    const searches = { plain: newSearch(capacity.plain), se: newSearch(capacity.se) };
    const { limit } = search;
    const failure = await searchRates(place, searches, { limit, endMs, set, metronome });
    if (failure === null) await place.verify(set);
    return { ...crew, members: searches, failure };
  } catch (error) {
    place.signal.throwIfAborted();
    return { ...crew, members: null, failure: failureOf(error, "a worker failed") };
  }
}

/** A search that goes on. Until it ends otherwise, it counts as ended by the budget. */
interface OpenSearch extends Pick<ServedMember, "capacity"> {
  readonly loads: LoadRecord[];
  ended: ServedMember["ended"];
}

function newSearch(capacity: readonly number[]): OpenSearch {
  return { capacity, loads: [], ended: "budget" };
}

interface Searching {
  readonly limit: LatencyLimit;
  readonly endMs: number;
  readonly set: WorkerSet;
  readonly metronome: Metronome;
}

/** The loads in which a search ends as a rule, by which the time for one of them is planned. */
const plannedLoads = 8;

/**
 * Sends loads of both members in turns, at least one of each, until both searches or their time end.
 * Gives the failure that ended them before, or null.
 */
async function searchRates(
  place: ServingPlace,
  searches: Readonly<Record<Member, OpenSearch>>,
  searching: Searching,
): Promise<ServerRow["failure"]> {
  const random = seededRandom(place.seed);
  const leftMs = Math.max(0, searching.endMs - performance.now());
  const size = {
    leastMs: 1000,
    mostMs: leftMs / (members.length * plannedLoads),
    mostRequests: 5000,
  };
  const open = new Set(members);
  do {
    for (const member of shuffled([...open], random)) {
      const search = searches[member];
      const loads = ratesOf(search).flat();
      const { rate, end } = nextLoad(loads, searching.limit, median(search.capacity));
      if (rate === null) {
        search.ended = end;
        open.delete(member);
        continue;
      }
      const earlier = loads.filter((load) => load.rate === rate).length;
      const count = requestsOf(rate, searching.limit, { ...size, earlier });
      const error = await sendNext(place, search, { ...searching, member, rate, count });
      if (error !== null) {
        search.ended = "failed";
        return failureOf(error, `a worker of ${member} failed at ${rate.toFixed(1)} requests/s`);
      }
    }
  } while (open.size > 0 && performance.now() < searching.endMs);
  // The last load may have been the one that ends its search.
  for (const member of open) {
    const { loads, capacity } = searches[member];
    const { end } = nextLoad(ratesOf({ loads }).flat(), searching.limit, median(capacity));
    if (end !== null) searches[member].ended = end;
  }
  return null;
}

/** The seeds that the loads of a run's seed take. */
const seedsOf = 1000;

/** Sends a load and keeps it, also where a worker fails, whose error it gives. */
async function sendNext(
  place: ServingPlace,
  { loads }: OpenSearch,
  load: Searching & { readonly member: Member; readonly rate: number; readonly count: number },
): Promise<Error | null> {
  place.tell();
  const { set, metronome, member, rate, count } = load;
  // The n-th loads of both members have the same seed, so the same arrivals, stretched.
  const seed = (place.seed * seedsOf + loads.length) % 2 ** 32;
  const arrivals = poissonArrivals(rate, count, seededRandom(seed));
  const { error, runsMs, ...sent } = await sendLoad(set.of[member], arrivals, metronome);
  place.signal.throwIfAborted();
  loads.push({ rate, seed, runMs: runsMs.length > 0 ? median(runsMs) : null, ...sent });
  return error;
}
