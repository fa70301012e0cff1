import { Worker } from "node:worker_threads";
import type { JobHost, ServingWorker, Watch } from "@sebench/hosts";
import type { ServeOrder } from "@sebench/jobs";
import {
  type Member,
  members,
  OpenLoop,
  seededRandom,
  type Sending,
  shuffled,
} from "@sebench/measure";

/** The workers of both members, which live side by side; those that are not asked sleep. */
export interface WorkerSet extends AsyncDisposable {
  readonly of: Readonly<Record<Member, readonly ServingWorker[]>>;
}

/** Starts as many workers of each member. Throws a `JobError` where one does not answer. */
export async function openWorkers(
  host: JobHost,
  orders: Readonly<Record<Member, ServeOrder>>,
  count: number,
  watch: Watch,
): Promise<WorkerSet> {
  const of: Record<Member, ServingWorker[]> = { plain: [], se: [] };
  const close = async () => {
    for (const worker of [...of.plain, ...of.se]) await worker[Symbol.asyncDispose]();
  };
  try {
    for (let index = 0; index < count; index++) {
      for (const member of members) of[member].push(await host.serve!(orders[member], watch));
    }
    return { of, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The runs a second of all workers together, where each always has a next run. */
async function runsPerSecond(workers: readonly ServingWorker[], forMs: number): Promise<number> {
  const answers = await Promise.all(workers.map((worker) => worker.ask({ forMs, logits: false })));
  return answers.reduce((sum, { runsMs }) => {
    return sum + (1000 * runsMs.length) / runsMs.reduce((all, ms) => all + ms, 0);
  }, 0);
}

/** The longest window in which the workers always have a next run, in milliseconds. */
const longestWindowMs = 400;

/** The share of a scenario's time that a window takes at most. */
const windowShare = 0.01;

/** The runs a second of each member, in windows in turns after one that warms up. */
export async function windowsOf(
  { seed, budgetMs }: { readonly seed: number; readonly budgetMs: number },
  set: WorkerSet,
  count: number,
): Promise<Readonly<Record<Member, readonly number[]>>> {
  const random = seededRandom(seed);
  const windowMs = Math.min(longestWindowMs, windowShare * budgetMs);
  const windows: Record<Member, number[]> = { plain: [], se: [] };
  for (const member of members) await runsPerSecond(set.of[member], windowMs);
  for (let round = 0; round < count; round++) {
    for (const member of shuffled(members, random)) {
      windows[member].push(await runsPerSecond(set.of[member], windowMs));
    }
  }
  return windows;
}

/** What came of the requests of a load. */
export interface SentLoad {
  /** The latencies of the answered requests, from the times at which they were due. */
  readonly latenciesMs: readonly number[];
  readonly unanswered: number;
  /** The times of the runs, by the workers' clocks. */
  readonly runsMs: readonly number[];
  /** The longest time by which a request was seen later than it was due. */
  readonly lateMs: number;
  /** The error of the worker that ended the load, or null where all requests were answered. */
  readonly error: Error | null;
}

/** Sends requests in an open loop, at the times that are given in milliseconds from the start. */
export async function sendLoad(
  workers: readonly ServingWorker[],
  arrivals: readonly number[],
  metronome: Metronome,
): Promise<SentLoad> {
  const loop = new OpenLoop(arrivals, workers.length);
  const runsMs: number[] = [];
  const startMs = clockMs() + leadMs;
  const error = await new Promise<Error | null>((end) => {
    const ask = async (sending: Sending) => {
      const answer = await workers[sending.worker]!.ask({ forMs: 0, logits: false });
      runsMs.push(...answer.runsMs);
      send(loop.answer(sending, clockMs() - startMs));
      if (loop.isDone) end(null);
    };
    const send = (sendings: readonly Sending[]) => {
      for (const sending of sendings) ask(sending).catch(end);
    };
    metronome.beat(
      arrivals.map((ms) => startMs + ms),
      () => send(loop.due(clockMs() - startMs)),
    );
  });
  const latenciesMs = loop.samplesMs.map((ms) => Math.round(ms * 1000) / 1000);
  return { latenciesMs, unanswered: loop.unanswered, runsMs, lateMs: loop.latestMs, error };
}

/** The time from the call of `sendLoad` until its requests begin, in milliseconds. */
const leadMs = 20;

/** The clock that all threads of a process share, in milliseconds. */
const clockMs = () => Number(process.hrtime.bigint()) / 1e6;

/** The source of beats at exact times. */
export interface Metronome extends AsyncDisposable {
  /** Calls back at each time, by `process.hrtime` in milliseconds, or as soon after it as it can. */
  beat(times: readonly number[], onBeat: () => void): void;
}

/**
 * The code of the metronome's thread: a timer of Node's is up to a millisecond late, and a wait on a
 * cell of memory some hundredths of one.
 */
const threadSource = `
const { parentPort } = require("node:worker_threads");
const cell = new Int32Array(new SharedArrayBuffer(4));
const clockMs = () => Number(process.hrtime.bigint()) / 1e6;
parentPort.on("message", (times) => {
  for (const time of times) {
    for (let left = time - clockMs(); left > 0; left = time - clockMs()) {
      Atomics.wait(cell, 0, 0, left);
    }
    parentPort.postMessage(null);
  }
});`;

/** Starts a thread that sleeps from beat to beat, so that waiting takes no core from the workers. */
export function startMetronome(): Metronome {
  const thread = new Worker(threadSource, { eval: true, execArgv: [] });
  thread.unref();
  let heard = () => {};
  thread.on("message", () => heard());
  return {
    beat(times, onBeat) {
      heard = onBeat;
      thread.postMessage(times, []);
    },
    async [Symbol.asyncDispose]() {
      heard = () => {};
      await thread.terminate();
    },
  };
}
