import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFault, type TemporaryFolder, temporaryFolder } from "@sebench/artifacts";
import { readMemory, readPeaks, resetPeaks, threadTimeReader } from "@sebench/hardware";
import type { AnswerTo, EngineJob, StartJob } from "@sebench/jobs";
import { buildPage, type PageServer, startPageServer } from "@sebench/page";
import type { PageFacts } from "@sebench/results";
import type { Device, EngineOptions } from "@sebench/runtime";
import { type JobHost, untilEnded, type Watch } from "../host/host.ts";
import { requireEngine } from "../host/page-supply.ts";
import { watchMachine } from "../host/watch-machine.ts";
import { startAnswer, startFilesOf } from "../host/start-files.ts";
import { type BrowserGroup, sandboxOf } from "./browser-group.ts";
import type { OutsideWatch } from "./handed-job.ts";
import { PageSession } from "./page-session.ts";

/** A browser that was found, as a host that opens its page and otherwise leaves it alone. */
export interface SelfDrivenBrowser extends Pick<JobHost, "name" | "version" | "remedy"> {
  /** The switches and preferences by which it reports nothing to its maker. */
  readonly quiet: readonly string[];
  /** The settings that bear on what is measured, for the record. */
  readonly settings: NonNullable<JobHost["start"]["settings"]>;
  /** Why its pages would have no sandbox. */
  readonly whyUnsandboxed: string;
  /** The options with which engines are loaded, in place of those that were asked for. */
  engineOptions?(asked: EngineOptions, device: Device): EngineOptions;
  /** What a person can do where the browser has no such device, or null where nothing is known. */
  remedyFor?(device: Device): string | null;
  /** Opens an address in a browser with a profile of its own. */
  open(address: string, options: OpenOptions): Promise<BrowserGroup>;
}

export interface OpenOptions {
  readonly signal: AbortSignal;
  readonly temporary: TemporaryFolder;
  readonly headed: boolean;
  /** What the job computes on, since a GPU's interface may need a display. */
  readonly device: Device;
}

export interface SessionHostOptions {
  readonly headed: boolean;
  /** The port of the page's server, or 0 for any that is free. */
  readonly port: number;
}

/** A page that reloads itself would be another page, so no job is handed out twice here. */
const patience = { attempts: 1, graceMs: 1500 };

/** The sessions of a browser, and what is open of them. */
interface Shop {
  readonly browser: SelfDrivenBrowser;
  readonly temporary: TemporaryFolder;
  readonly server: PageServer;
  readonly options: SessionHostOptions;
  /** Takes the session that the server is to answer next. */
  readonly admit: (session: PageSession) => void;
}

/** Opens a browser as a host whose pages drive themselves. Each job has a fresh browser. */
export async function openSessionHost(
  browser: SelfDrivenBrowser,
  options: SessionHostOptions,
): Promise<JobHost> {
  const temporary = await temporaryFolder("page");
  const root = join(temporary.path, "page");
  let session = new PageSession(patience);
  const handler = forwarding(() => session);
  const server = await buildPage(root)
    .then(() => startPageServer({ root, port: options.port, session: handler }))
    .catch(async (error: unknown) => {
      await temporary[Symbol.asyncDispose]();
      throw temporaryFault(error) ?? error;
    });
  const admit = (next: PageSession) => {
    session.close();
    next.serveFrom(server);
    session = next;
  };
  const shop: Shop = { browser, temporary, server, options, admit };
  let seen: Seen = { sandbox: null };
  let last: Promise<unknown> = Promise.resolve();
  return {
    name: browser.name,
    version: browser.version,
    remedy: browser.remedy,
    get start() {
      const { quiet } = browser;
      const settings = { ...browser.settings, "garbage is collected before memory is read": false };
      return { quiet, settings, ...seen };
    },
    async run(job, watch) {
      if (job.kind !== "start") requireEngine(job);
      // There is one session at a time, and the time of a job begins with its own.
      const turn = last.then(() => runOnce(shop, job, watch, (page) => (seen = page)));
      last = turn.catch(() => {});
      return (await turn) as AnswerTo<typeof job>;
    },
    async [Symbol.asyncDispose]() {
      session.close();
      await server[Symbol.asyncDispose]();
      await temporary[Symbol.asyncDispose]();
    },
  };
}

/** A handler that hands on to the session that is open now. */
function forwarding(session: () => PageSession) {
  return {
    get token() {
      return session().token;
    },
    take: (...given: Parameters<PageSession["take"]>) => session().take(...given),
    next: (...given: Parameters<PageSession["next"]>) => session().next(...given),
    hold: (...given: Parameters<PageSession["hold"]>) => session().hold(...given),
  };
}

/** What was seen of a page from inside and from outside. */
interface Seen {
  readonly page?: PageFacts;
  readonly sandbox: string | null;
}

/** Runs a job in a fresh browser, which is ended with all its processes when the job is over. */
async function runOnce(
  shop: Shop,
  asked: EngineJob | StartJob,
  watch: Watch,
  see: (page: Seen) => void,
): Promise<unknown> {
  watch.signal.throwIfAborted();
  const { browser, temporary, server, options, admit } = shop;
  const engine = browser.engineOptions?.(asked.engine, deviceOf(asked)) ?? asked.engine;
  const job = { ...asked, engine };
  const session = new PageSession(patience);
  admit(session);
  using ending = untilEnded(watch);
  let group: BrowserGroup | null = null;
  const open = async (address: string) => {
    const opening = {
      signal: ending.over,
      temporary,
      headed: options.headed,
      device: deviceOf(job),
    };
    group = await browser.open(server.url + address, opening);
    void group.ended.then((reason) => session.browserEnded(reason));
  };
  using outside = watchOutside(() => group?.processes() ?? []);
  try {
    if (job.kind === "start") {
      return await runStart(job, { session, server, watch, outside, open });
    }
    const answered = session.run(job, watch, outside.of(job.kind));
    const look = async () => {
      const { facts: page } = await session.heard();
      see({ page, sandbox: sandboxOf(group?.processes() ?? [], browser.whyUnsandboxed) });
    };
    void look();
    const opened = open(`session.html#t=${session.token}&auto=1`);
    opened.catch((error: unknown) => session.browserEnded(messageOf(error)));
    return withRemedy(await answered, job, browser);
  } finally {
    session.close();
    server.clear();
    await (group as BrowserGroup | null)?.[Symbol.asyncDispose]();
  }
}

/** What a job computes on: the second part of its runtime's id, without the build of the engine. */
function deviceOf({ runtime }: Pick<EngineJob, "runtime">): Device {
  return runtime.split("/")[1]!.split("-")[0] as Device;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Puts the browser's own remedy in the place of that for Chromium, where a device is missing. */
function withRemedy(answer: unknown, job: EngineJob, { remedyFor }: SelfDrivenBrowser): unknown {
  if (job.kind !== "probe") return answer;
  const availability = answer as AnswerTo<typeof job>;
  if (availability.ok) return availability;
  const remedy = remedyFor?.(deviceOf(job)) ?? availability.remedy;
  return { ...availability, remedy };
}

interface Starting {
  readonly session: PageSession;
  readonly server: PageServer;
  readonly watch: Watch;
  readonly outside: WatchOutside;
  readonly open: (address: string) => Promise<void>;
}

/** Has the page of a start opened in a browser that has shown nothing. */
async function runStart(
  job: StartJob,
  { session, server, watch, outside, open }: Starting,
): Promise<AnswerTo<StartJob>> {
  const served = await startFilesOf(job.request, async (name, file) =>
    server.serve(name, await readFile(file)),
  );
  const asked = { ...job, request: { ...job.request, files: served } };
  const started = await session.runStart(asked, watch, outside.of("start"), (order) => {
    open(`start.html#${order}`).catch((error: unknown) => session.browserEnded(messageOf(error)));
  });
  return startAnswer(server, served, started);
}

interface WatchOutside extends Disposable {
  of(kind: (EngineJob | StartJob)["kind"]): OutsideWatch;
}

/** The time for freed memory to go back to the system, in milliseconds. */
const settleMs = 300;

/**
 * Watches the processes of a browser by what the system tells of them. No garbage is collected
 * before memory is read: nobody outside Chromium can ask a page for it.
 */
function watchOutside(processes: () => readonly number[]): WatchOutside {
  const reader = threadTimeReader();
  let ids: readonly number[] = [];
  const conditions = watchMachine({
    async start() {
      ids = processes();
    },
    fine: () => (ids.length === 0 ? null : reader.read(ids)),
    coarse: () => 0, // Linux tells the fine time of every process of its user's.
  });
  const memory: OutsideWatch["memory"] = async (moment) => {
    if (moment === "steady" || moment === "disposed") await sleep(settleMs);
    const all = processes();
    if (moment === "before") resetPeaks(all);
    return moment === "peak" ? readPeaks(all) : readMemory(all);
  };
  return {
    of(kind) {
      // Elsewhere the system tells nothing of other processes.
      if (process.platform !== "linux") return {};
      switch (kind) {
        case "start":
          return { memory };
        case "soak":
          return { conditions, memory };
        default:
          return { conditions };
      }
    },
    [Symbol.dispose]: () => reader[Symbol.dispose](),
  };
}
