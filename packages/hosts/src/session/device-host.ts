import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "@sebench/artifacts";
import { type AnswerTo, type EngineJob, type Job, JobError } from "@sebench/jobs";
import { buildPage, type PageServerOptions, startPageServer } from "@sebench/page";
import type { PageFacts } from "@sebench/results";
import type { JobHost, Watch } from "../host/host.ts";
import { requireEngine } from "../host/page-supply.ts";
import { PageSession } from "./page-session.ts";

/** Where the page of a device is served. */
export type DeviceServer = Pick<PageServerOptions, "port" | "address" | "hosts" | "tls">;

/** A device that has opened the page, as it tells of itself. */
export interface Visitor {
  /** The name that somebody typed in at the device, or null. */
  readonly name: string | null;
  readonly facts: PageFacts;
}

/** A page that waits for somebody to open it on a device of their own. */
export interface DeviceHost extends AsyncDisposable {
  readonly host: JobHost;
  /** The port of the server. */
  readonly port: number;
  /** The path of the page with its token, which whoever opens it must have. */
  readonly path: string;
  /** Waits until somebody has started the page on a device. */
  visited(signal: AbortSignal): Promise<Visitor>;
  /** Tells the person at the device how far the run is. */
  say(words: string): void;
  /** Shows the end of the run and its report on the device, and waits for the page to take it. */
  conclude(words: string, report: string | null): Promise<void>;
}

/** How long a device is waited for, in milliseconds. */
export interface DeviceWaits {
  /** The time to open a page again that was ended, or to come back into the reach of the network. */
  readonly graceMs: number;
  /** One rest of a device that is slower than it has been. */
  readonly restMs: number;
}

const usualWaits: DeviceWaits = { graceMs: 120_000, restMs: 10_000 };

/** How often a job is handed out: a page that was ended, as phones do, is taken up once. */
const attempts = 2;

/** The longest wait for the page to ask what is next once all is done, and then to load the report. */
const farewellMs = 10_000;
const reportMs = 2000;

/** Opens a server for the page of one device, which holds the session until the run ends. */
export async function openDeviceHost(
  place: DeviceServer,
  { graceMs, restMs }: DeviceWaits = usualWaits,
): Promise<DeviceHost> {
  const temporary = await temporaryFolder("page");
  const root = join(temporary.path, "page");
  const session = new PageSession({ attempts, graceMs });
  const server = await buildPage(root)
    .then(() => startPageServer({ root, session, ...place }))
    .catch(async (error: unknown) => {
      await temporary[Symbol.asyncDispose]();
      throw error;
    });
  session.serveFrom(server);
  const thermometer = new Thermometer(session, restMs);
  let last: Promise<unknown> = Promise.resolve();
  const runInTurn = async (job: EngineJob, watch: Watch) => {
    if (!(await session.present(watch.signal, graceMs))) {
      watch.signal.throwIfAborted();
      throw new JobError("the device has gone away", {
        remedy: "keep its page open and in front, and run the same command with --resume FOLDER",
      });
    }
    if (job.kind !== "probe") await thermometer.settle(watch.signal);
    try {
      return await session.run(job, watch);
    } finally {
      server.clear();
    }
  };
  const close = async () => {
    session.close();
    await server[Symbol.asyncDispose]();
    await temporary[Symbol.asyncDispose]();
  };
  return {
    host: {
      name: "device",
      get version() {
        return session.page?.facts.agent ?? "not told";
      },
      remedy: "keep the page open and in front on the device",
      get start() {
        const settings = thermometer.settings();
        const page = session.page?.facts;
        return { quiet: [], sandbox: null, settings, ...(page && { page }) };
      },
      async run<Asked extends Job>(job: Asked, watch: Watch): Promise<AnswerTo<Asked>> {
        if (job.kind === "start") throw noStarts();
        requireEngine(job);
        const turn = last.then(() => runInTurn(job, watch));
        last = turn.catch(() => {});
        return (await turn) as AnswerTo<Asked>;
      },
      async [Symbol.asyncDispose]() {},
    },
    port: Number(new URL(server.url).port),
    path: `session.html#t=${session.token}`,
    async visited(signal) {
      const visitor = session.heard();
      const { facts, name } = await Promise.race([visitor, untilAborted(signal)]);
      return { facts, name };
    },
    say: (words) => session.say(words),
    async conclude(words, report) {
      if (session.page === null) return;
      await session.conclude(words, report && server.serve("report.html", report), farewellMs);
      await sleep(reportMs);
    },
    [Symbol.asyncDispose]: close,
  };
}

function noStarts(): JobError {
  return new JobError("a page on a device cannot be started as a deployment starts it", {
    remedy: "take --starts 0",
  });
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

/** The share by which the sentinel may be slower than it has been before a device counts as hot. */
const tolerance = 0.05;
const mostRests = 6;

/** The longest wait for a page that is loaded anew to take its sentinel, in milliseconds. */
const renewLimitMs = 10_000;

/** Watches the pages' sentinel, a fixed piece of arithmetic, and lets the device rest where it is slow. */
class Thermometer {
  readonly #session: PageSession;
  readonly #restMs: number;
  #fastestMs = Infinity;
  #restedMs = 0;

  constructor(session: PageSession, restMs: number) {
    this.#session = session;
    this.#restMs = restMs;
  }

  /** Waits until the device is as fast as it has been, or has had all of its rests. */
  async settle(signal: AbortSignal): Promise<void> {
    this.#restedMs = 0;
    const restMs = this.#restMs;
    for (let rest = 0; rest < mostRests && this.#isSlow(); rest++) {
      this.#session.say("letting the device cool down");
      await sleep(restMs, undefined, { signal }).catch(() => {});
      signal.throwIfAborted();
      this.#restedMs += restMs;
      await Promise.race([this.#session.renew(), sleep(renewLimitMs, undefined, { ref: false })]);
    }
  }

  #isSlow(): boolean {
    const now = this.#session.page?.facts.sentinelMs ?? 0;
    this.#fastestMs = Math.min(this.#fastestMs, now);
    return now > this.#fastestMs * (1 + tolerance);
  }

  /** What was seen, for the record. */
  settings(): Record<string, number> {
    if (this.#fastestMs === Infinity) return {};
    return {
      "fastest sentinel of the session, ms": this.#fastestMs,
      "rest before the case, s": this.#restedMs / 1000,
    };
  }
}
