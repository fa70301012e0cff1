import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type AnswerTo,
  type EngineJob,
  JobError,
  type PageMessage,
  type PageOrder,
  type ProgressReply,
  type StartedPage,
  type StartJob,
} from "@sebench/jobs";
import { type Asker, type PageServer, type SessionHandler, SessionRefusal } from "@sebench/page";
import type { PageFacts } from "@sebench/results";
import { untilEnded, type Watch } from "../host/host.ts";
import { HandedJob, type OutsideWatch } from "./handed-job.ts";

/** The way in which pages of a session are taken to have ended. */
export interface SessionPatience {
  /** How often a job is handed out: 2 takes it up once more in a page that comes after one that ended. */
  readonly attempts: number;
  /** The time in which another page must come after one has gone, in milliseconds. */
  readonly graceMs: number;
}

/** The longest that a page is left without an answer to what is to be done next, in milliseconds. */
const pollMs = 20_000;

/** The page that was heard of last, and what it told of itself. */
interface KnownPage extends Asker {
  readonly facts: PageFacts;
  readonly name: string | null;
}

/**
 * A session with the pages of one device, which are given one job at a time. It ends when it is
 * closed: from then on its token opens nothing.
 */
export class PageSession implements SessionHandler {
  /** 128 random bits, which only the page's address holds. */
  token: string | null = randomBytes(16).toString("hex");
  readonly #patience: SessionPatience;
  readonly #done = new Set<string>();
  #server: PageServer | null = null;
  #known: KnownPage | null = null;
  #current: HandedJob | null = null;
  #end: Extract<PageOrder, { kind: "end" }> | null = null;
  #onEnd: () => void = () => {};
  #words: string | null = null;
  /** The page that is to be loaded anew, or null. */
  #again: string | null = null;
  /** The page whose held request is open, or null. */
  #alive: string | null = null;
  #wake = new AbortController();
  #heard: ((page: KnownPage) => void)[] = [];

  constructor(patience: SessionPatience) {
    this.#patience = patience;
  }

  /** Says which server the session's pages come from, once that has started. */
  serveFrom(server: PageServer): void {
    this.#server = server;
  }

  /** The page that was heard of last, or null before the first. */
  get page(): Pick<KnownPage, "facts" | "name" | "device"> | null {
    return this.#known;
  }

  /** Waits for a page to say what it is; those that were heard of before do not count. */
  heard(): Promise<Pick<KnownPage, "facts" | "name" | "device">> {
    return new Promise((resolve) => this.#heard.push(resolve));
  }

  /** Tells the person at the device how far the run is, once their page asks. */
  say(words: string): void {
    this.#words = words;
    this.#rouse();
  }

  /** Has the page loaded anew, and waits for the new one to say what it is. */
  async renew(): Promise<void> {
    const renewed = this.heard();
    this.#again = this.#known?.page ?? null;
    this.#rouse();
    await renewed;
  }

  /** Ends the run for the page, and waits until it has been told so, for some milliseconds at most. */
  async conclude(words: string, report: string | null, ms: number): Promise<void> {
    const told = new Promise<void>((resolve) => (this.#onEnd = resolve));
    this.#end = { kind: "end", words, report };
    this.#rouse();
    await Promise.race([told, sleep(ms, undefined, { ref: false })]);
  }

  /** Ends the session. Its token is that of no session then. */
  close(): void {
    this.token = null;
    this.#current?.fail(new JobError("the session was closed"));
    this.#rouse();
  }

  /** Says that the page's browser has ended, which fails the job that it ran. */
  browserEnded(reason: string): void {
    this.#current?.fail(new JobError(reason));
  }

  /**
   * Gives a job to the session's page and waits for its answer. Throws a `JobError` where there is
   * none, and the signal's reason at an interrupt. There is one job at a time.
   */
  async run<Asked extends EngineJob>(
    job: Asked,
    watch: Watch,
    outside: OutsideWatch = {},
  ): Promise<AnswerTo<Asked>> {
    return (await this.#ask(job, watch, outside)) as AnswerTo<Asked>;
  }

  /** Waits for the answer of the page of a start, which `open` is given the order for. */
  async runStart(
    job: StartJob,
    watch: Watch,
    outside: OutsideWatch,
    open: (order: string) => void,
  ): Promise<StartedPage> {
    return (await this.#ask(job, watch, outside, (id) =>
      open(encodeURIComponent(JSON.stringify({ token: this.token, id, job }))),
    )) as StartedPage;
  }

  async #ask(
    job: HandedJob["job"],
    watch: Watch,
    outside: OutsideWatch,
    onOrder: (id: string) => void = () => {},
  ): Promise<unknown> {
    watch.signal.throwIfAborted();
    if (this.#current !== null) throw new Error("a page runs one job at a time");
    using ending = untilEnded(watch);
    const handed = new HandedJob(job, watch, outside, this.#server);
    this.#current = handed;
    onOrder(handed.id);
    this.#rouse();
    try {
      return await Promise.race([handed.answered, ending.promise]);
    } finally {
      this.#finish(handed);
      this.#rouse();
    }
  }

  #finish(handed: HandedJob): void {
    this.#done.add(handed.id);
    if (this.#current === handed) this.#current = null;
  }

  #rouse(): void {
    const waiting = this.#wake;
    this.#wake = new AbortController();
    waiting.abort();
  }

  async take(message: PageMessage, from: Asker): Promise<unknown> {
    this.#requireDevice(from);
    if (message.kind === "hello") return this.#greet(message, from);
    const current = this.#current;
    if (message.job !== current?.id) {
      if (message.kind === "progress") return { stop: true } satisfies ProgressReply;
      const was = this.#done.has(message.job) ? "has been answered, or ended" : "was not given";
      throw new SessionRefusal(409, `this job ${was}`);
    }
    const reply = await current.take(message, from.page);
    // The page may ask what is next before the run's own promise is settled.
    if (message.kind === "result") this.#finish(current);
    return reply;
  }

  #greet({ facts, name }: Extract<PageMessage, { kind: "hello" }>, from: Asker): null {
    this.#known = { ...from, facts, name: name ?? this.#known?.name ?? null };
    for (const tell of this.#heard.splice(0)) tell(this.#known);
    this.#rouse();
    return null;
  }

  async next(from: Asker, closed: AbortSignal): Promise<PageOrder> {
    this.#requireDevice(from);
    if (this.#known?.page !== from.page) {
      throw new SessionRefusal(409, "Another page of this device has taken over. Close this one.");
    }
    const endMs = Date.now() + pollMs;
    const told = this.#words;
    for (;;) {
      const order = this.#orderFor(from);
      if (order !== null) return order;
      const leftMs = endMs - Date.now();
      const isOver = leftMs <= 0 || closed.aborted || this.token === null;
      if (isOver || this.#words !== told) return { kind: "wait", words: this.#words };
      await untilAny([this.#wake.signal, closed], leftMs);
    }
  }

  /** Hands out the current job, unless the page has it, or gives null where there is nothing to do. */
  #orderFor({ page }: Asker): PageOrder | null {
    if (this.#end !== null) {
      this.#onEnd();
      return this.#end;
    }
    if (this.#again === page) return { kind: "again" };
    const order = this.#current?.orderFor(page, this.#patience.attempts) ?? null;
    return order && { ...order, words: this.#words };
  }

  /** Waits for a page to be there, for so many milliseconds at most, and says whether one is. */
  async present(signal: AbortSignal, ms: number): Promise<boolean> {
    const endMs = Date.now() + ms;
    for (;;) {
      if (this.#alive !== null && this.#alive === this.#known?.page) return true;
      const leftMs = endMs - Date.now();
      if (leftMs <= 0 || signal.aborted || this.token === null) return false;
      await untilAny([this.#wake.signal, signal], leftMs);
    }
  }

  hold(from: Asker, closed: AbortSignal): void {
    const isLast = () => this.#known === null || this.#known.page === from.page;
    this.#alive = from.page;
    this.#rouse();
    closed.addEventListener("abort", () => {
      if (this.#alive === from.page) this.#alive = null;
      const current = this.#current;
      if (!current?.isOf(from.page)) return;
      setTimeout(() => {
        if (this.#current === current && current.isOf(from.page) && isLast()) current.pageEnded();
      }, this.#patience.graceMs).unref();
    });
  }

  #requireDevice({ device }: Asker): void {
    if (this.#known === null || this.#known.device === device) return;
    throw new SessionRefusal(
      409,
      "Another device has this session. End it there, or start `bench serve` again for this one.",
    );
  }
}

/** Waits until one of the signals aborts, or for so many milliseconds at most. */
function untilAny(signals: readonly AbortSignal[], ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    for (const signal of signals) {
      if (signal.aborted) done();
      else signal.addEventListener("abort", done);
    }
  });
}
