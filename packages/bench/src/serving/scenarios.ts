import { mkdir } from "node:fs/promises";
import os from "node:os";
import { join } from "node:path";
import { temporaryFolder } from "@sebench/artifacts";
import { countImages } from "@sebench/datasets";
import { processHost, type ServingWorker, thisNode, type Watch } from "@sebench/hosts";
import { JobError, type StoredMember } from "@sebench/jobs";
import { obstacleTo } from "@sebench/lowering";
import { type Member, members, compareLogits } from "@sebench/measure";
import {
  type OfflineRecord,
  percentiles,
  type ScenarioRequest,
  type ServerRecord,
  type ServingRecord,
} from "@sebench/results";
import { buildNetwork } from "@sebench/spec";
import type { StartsAsked } from "../case/starts.ts";
import { type Crew, measureOffline, measureServer, type ServingPlace } from "./measure-serving.ts";
import { openWorkers, type WorkerSet } from "./workers.ts";

/** What the scenarios of a case are made of. */
export interface ServingAsked extends Omit<StartsAsked, "starts"> {
  readonly request: ScenarioRequest;
  /** The batches that were named, or null where the offline scenario chooses them. */
  readonly batches: readonly number[] | null;
  readonly seed: number;
}

/** The scenarios of a run, of which the offline ones are shared by all batches of a form. */
export class Scenarios {
  readonly #known = new Map<string, Promise<OfflineRecord>>();

  /** Measures what was asked for; only an interrupt is thrown. */
  async of(asked: ServingAsked, watch: Watch): Promise<ServingRecord> {
    const { names } = asked.request;
    return {
      ...(names.includes("offline") && { offline: await this.#offline(asked, watch) }),
      ...(names.includes("server") && { server: await serverOf(asked, watch) }),
    };
  }

  #offline(asked: ServingAsked, watch: Watch): Promise<OfflineRecord> {
    const { runtime, host, network, imageSize, precision, lowering } = asked.plan;
    const key = [runtime, host, network, imageSize, precision, lowering].join(" ");
    const known = this.#known.get(key);
    if (known) return known;
    const record = offlineOf(asked, watch);
    this.#known.set(key, record);
    record.catch(() => this.#known.delete(key));
    return record;
  }
}

function offlineOf(asked: ServingAsked, watch: Watch): Promise<OfflineRecord> {
  return inPlace(asked, watch, async (place) => {
    const { network, imageSize, lowering, images } = asked.plan;
    const graph = buildNetwork(network, { imageSize });
    const applies = (batch: number) => obstacleTo(graph, lowering, { batch }) === null;
    const most = Math.min(mostBatch, countImages(images.dataset));
    const named = asked.batches?.filter((batch) => applies(batch)) ?? null;
    const rows = await measureOffline(place, named, applies(2) ? most : 1);
    return { status: "ok", rows };
  });
}

function serverOf(asked: ServingAsked, watch: Watch): Promise<ServerRecord> {
  return inPlace(asked, watch, async (place) => {
    const { percentile } = asked.request;
    const limitMs = asked.request.limitMs!;
    const limit = { probability: percentiles[percentile], limitMs };
    const rows = await measureServer(place, limit, asked.plan.batch);
    return { status: "ok", percentile, limitMs, rows };
  });
}

/** The largest batch that the offline scenario tries by itself. */
const mostBatch = 32;

interface Lacking {
  readonly status: "failed" | "unavailable";
  readonly reason: string;
  readonly remedy: string | null;
}

/** Measures with models that are stored in a folder of their own, or says why it cannot. */
async function inPlace<Record>(
  asked: ServingAsked,
  watch: Watch,
  measure: (place: ServingPlace) => Promise<Record>,
): Promise<Record | Lacking> {
  if (asked.host.serve === undefined) {
    const reason = "a browser serves one visitor and has no worker processes";
    return { status: "unavailable", reason, remedy: "measure it with --host node, bun or deno" };
  }
  try {
    await using temporary = await temporaryFolder("serve");
    return await measure(placeOf(asked, watch, temporary.path));
  } catch (error) {
    watch.signal.throwIfAborted();
    const reason = (error instanceof Error && error.message) || String(error);
    return { status: "failed", reason, remedy: error instanceof JobError ? error.remedy : null };
  }
}

function placeOf(asked: ServingAsked, watch: Watch, folder: string): ServingPlace {
  const { request, plan, engine, host, seed } = asked;
  const beganMs = performance.now();
  const stored = new Map<number, Promise<Readonly<Record<Member, StoredMember>>>>();
  const storedFor = (batch: number) => {
    const known = stored.get(batch) ?? storeFor(asked, batch, folder, watch);
    stored.set(batch, known);
    return known;
  };
  return {
    crews: crewsOf(request, engine.threads),
    async open({ workers, threads }, batch) {
      const models = await storedFor(batch);
      const order = (member: Member) => ({
        runtime: plan.runtime,
        engine: { ...engine, threads },
        ...models[member],
      });
      const orders = { plain: order("plain"), se: order("se") };
      const set = await openWorkers(host, orders, workers, watch);
      try {
        requireRight(asked, set, ({ opened }) => opened.logits!);
        return set;
      } catch (error) {
        await set[Symbol.asyncDispose]();
        throw error;
      }
    },
    async verify(set) {
      const logits = new Map<ServingWorker, Float32Array>();
      for (const worker of [...set.of.plain, ...set.of.se]) {
        const answer = await worker.ask({ forMs: 0, logits: true });
        logits.set(worker, answer.logits!);
      }
      requireRight(asked, set, (worker) => logits.get(worker)!);
    },
    seed,
    budgetMs: request.seconds * 1000,
    signal: watch.signal,
    tell() {
      const done = Math.round((performance.now() - beganMs) / 1000);
      watch.onProgress({ phase: "serving", done, total: request.seconds });
    },
  };
}

/**
 * The numbers of workers to try: those that were named, or in each scenario from 1 to the cores by
 * doubling. Where no threads were asked for, several workers share the cores.
 */
function crewsOf({ workers }: ScenarioRequest, threads: number | null): Crew[] {
  const cores = os.availableParallelism();
  const byDefault = [cores];
  for (let count = 1; count < cores; count *= 2) byDefault.push(count);
  return (workers ?? byDefault)
    .toSorted((a, b) => a - b)
    .map((count) => {
      const share = count === 1 ? null : Math.max(1, Math.floor(cores / count));
      return { workers: count, threads: threads ?? share };
    });
}

async function storeFor(
  { plan, pair, ranges, engine }: ServingAsked,
  batch: number,
  folder: string,
  watch: Watch,
): Promise<Readonly<Record<Member, StoredMember>>> {
  const own = join(folder, `batch-${batch}`);
  await mkdir(own);
  const { runtime, lowering, precision, images } = plan;
  const enough = { ...pair, images: { ...images, count: Math.max(images.count, batch) } };
  const session = { batch, precision, ranges };
  return processHost(thisNode).run(
    { kind: "store", runtime, engine, pair: enough, lowering, session, folder: own },
    watch,
  );
}

/** Throws a `JobError` unless each worker's logits are the oracle's, for the images that it has. */
function requireRight(
  { oracle, tolerance }: ServingAsked,
  set: WorkerSet,
  logitsOf: (worker: ServingWorker) => Float32Array,
): void {
  for (const member of members) {
    const { logits, classes } = oracle[member];
    for (const worker of set.of[member]) {
      const given = logitsOf(worker);
      const length = Math.min(given.length, logits.length);
      const expected = logits.subarray(0, length);
      const { pass } = compareLogits(given.subarray(0, length), expected, { classes, tolerance });
      if (!pass) throw new JobError(`the answer of a worker of ${member} is wrong`);
    }
  }
}
