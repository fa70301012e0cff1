import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFault, temporaryFolder } from "@sebench/artifacts";
import {
  processesOfGroup,
  type ProcessMemory,
  readMemory,
  readPeaks,
  resetPeaks,
  threadTimeReader,
} from "@sebench/hardware";
import {
  type AnswerTo,
  type EngineJob,
  JobError,
  type PageWindow,
  type StartJob,
} from "@sebench/jobs";
import type { ConditionsWatch } from "@sebench/measure";
import { buildPage, type PageServer, startPageServer } from "@sebench/page";
import type { MemoryMoment } from "@sebench/results";
import type { Browser, CDPSession, Page } from "playwright";
import { type JobHost, untilEnded, type Watch } from "../host/host.ts";
import { requireEngine, serveSupply } from "../host/page-supply.ts";
import { startAnswer, startFilesOf } from "../host/start-files.ts";
import { type ProcessorClock, watchMachine } from "../host/watch-machine.ts";
import { type BrowserFound, type BrowserOptions, launchBrowser, offline } from "./browser.ts";
import { endBrowser, isDoneWithin, type SharedBrowser, sharedBrowser } from "./running-browser.ts";

/**
 * Opens Chromium as a host, which shows the page that `apps/page` builds. Each job has a fresh
 * browser, and all probes share one, since nothing is timed in them.
 */
export async function openChromiumHost(
  found: BrowserFound,
  options: BrowserOptions,
): Promise<JobHost> {
  const temporary = await temporaryFolder("page");
  const root = join(temporary.path, "page");
  const server = await buildPage(root)
    .then(() => startPageServer({ root, port: options.port }))
    .catch(async (error: unknown) => {
      await temporary[Symbol.asyncDispose]();
      throw temporaryFault(error) ?? error;
    });
  const { headed } = options;
  const launch = (signal: AbortSignal) => launchBrowser(found, { headed, signal, temporary });
  const shared = sharedBrowser(launch);
  /** Does work with nothing else open, and forgets what was served for it. */
  const alone = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    await shared.close();
    try {
      return await work();
    } finally {
      server.clear();
    }
  };
  return {
    name: "chromium",
    version: found.version,
    remedy: "try another browser with --browser PATH",
    start: { quiet: offline, sandbox: found.sandbox },
    async run(job, watch) {
      if (job.kind === "start") {
        const start = (page: Page) => askStart(page, server, job);
        const open = () => inFreshBrowser(launch, "about:blank", watch, start);
        return (await alone(open)) as AnswerTo<typeof job>;
      }
      requireEngine(job);
      const ask = (page: Page) => askPage(page, server, job, watch);
      const askAlone = () => inFreshBrowser(launch, server.url, watch, ask);
      if (job.kind !== "probe") return alone(askAlone);
      // Another probe may have broken the shared browser, so a probe that failed is repeated in a
      // browser of its own.
      return askShared(shared, server.url, watch, ask).catch(askAlone);
    },
    async [Symbol.asyncDispose]() {
      await shared.close();
      await server[Symbol.asyncDispose]();
      await temporary[Symbol.asyncDispose]();
    },
  };
}

/**
 * Gives a page in the shared browser to `use`. A browser that gives no answer in time is ended, so
 * that those who ask later do not wait for it as well.
 */
async function askShared<Answer>(
  shared: SharedBrowser,
  url: string,
  watch: Watch,
  use: (page: Page) => Promise<Answer>,
): Promise<Answer> {
  using ending = untilEnded(watch);
  const asked = shared.use((browser) => inNewPage(browser, url, watch, use));
  try {
    return await Promise.race([asked, ending.promise]);
  } catch (error) {
    asked.catch(() => {});
    if (ending.over.aborted) await shared.close();
    throw error;
  }
}

/** Makes the one call into the page, which answers a job and asks back for what it needs. */
async function askPage<Asked extends EngineJob>(
  page: Page,
  server: PageServer,
  job: Asked,
  watch: Watch,
): Promise<AnswerTo<Asked>> {
  using clock = await processorClockOf(page.context().browser()!);
  const machine = watchMachine(clock);
  await page.exposeFunction("sebenchSupply", serveSupply(server));
  await page.exposeFunction("sebenchProgress", watch.onProgress);
  await page.exposeFunction("sebenchConditions", (step: keyof ConditionsWatch) => machine[step]());
  if (job.kind === "soak") await page.exposeFunction("sebenchMemory", await memoryReader(page));
  const outcome = await page.evaluate(
    (asked) => (globalThis as unknown as PageWindow).sebench.answer(asked),
    job as EngineJob,
  );
  if (outcome.ok) return outcome.answer as AnswerTo<Asked>;
  const { message, remedy } = outcome.error;
  throw new JobError(message, { remedy, cause: outcome.error });
}

/**
 * The clock of the processor time of all of the browser's processes. What Linux tells of their
 * threads is fine; what the browser tells is in the ticks of /proc, of 10 ms.
 */
async function processorClockOf(browser: Browser): Promise<ProcessorClock & Disposable> {
  const session = await browser.newBrowserCDPSession();
  const reader = threadTimeReader();
  let processes: readonly number[] = [];
  return {
    async start() {
      processes = await processesOf(session);
    },
    fine: () => reader.read(processes),
    async coarse() {
      const { processInfo } = await session.send("SystemInfo.getProcessInfo");
      return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1000, 0);
    },
    [Symbol.dispose]: () => reader[Symbol.dispose](),
  };
}

/**
 * Gives a page in a new browser to `use`. The browser is closed when `use` is done, when the time
 * is over, when the person interrupts, or when it dies. One that hangs is killed.
 */
export async function inFreshBrowser<Answer>(
  launch: (signal: AbortSignal) => Promise<Browser>,
  url: string,
  watch: Watch,
  use: (page: Page) => Promise<Answer>,
): Promise<Answer> {
  watch.signal.throwIfAborted();
  using ending = untilEnded(watch);
  const launched = launch(ending.over);
  const browser = await Promise.race([launched, ending.promise]).catch((error: unknown) => {
    // A browser that starts after all is not left behind.
    void launched.then((late) => endBrowser(late, 0)).catch(() => {});
    throw error;
  });
  try {
    return await inNewPage(browser, url, watch, use);
  } finally {
    await (ending.over.aborted ? endBrowser(browser, 0) : endBrowser(browser));
  }
}

async function inNewPage<Answer>(
  browser: Browser,
  url: string,
  watch: Watch,
  use: (page: Page) => Promise<Answer>,
): Promise<Answer> {
  using ending = untilEnded(watch);
  const page = await Promise.race([browser.newPage(), ending.promise]);
  try {
    // The watch limits the time, not Playwright.
    const used = page.goto(url, { timeout: 0 }).then(() => use(page));
    return await Promise.race([used, ending.promise, untilDead(browser, page)]);
  } finally {
    const closed = page.close().catch(() => {});
    if (!ending.over.aborted) await isDoneWithin(closed, pageGraceMs);
  }
}

/** The longest wait for a page to close, in milliseconds: a browser that hangs closes none. */
const pageGraceMs = 2000;

function untilDead(browser: Browser, page: Page): Promise<never> {
  return new Promise((_, reject) => {
    browser.once("disconnected", () => reject(new JobError("the browser ended while it ran")));
    page.once("crash", () => reject(new JobError("the page crashed, perhaps out of memory")));
  });
}

/** Opens the page of a start in a browser that has shown nothing, and asks what became of it. */
async function askStart(
  page: Page,
  server: PageServer,
  job: StartJob,
): Promise<AnswerTo<StartJob>> {
  const { request } = job;
  const files = await startFilesOf(request, async (name, file) =>
    server.serve(name, await readFile(file)),
  );
  await page.exposeFunction("sebenchMemory", await memoryReader(page));
  const asked = encodeURIComponent(JSON.stringify({ ...job, request: { ...request, files } }));
  await page.goto(`${server.url}start.html#${asked}`, { timeout: 0 });
  const outcome = await page.evaluate(() => (globalThis as unknown as PageWindow).sebenchStarted!);
  if (!outcome.ok) {
    const { message, remedy } = outcome.error;
    throw new JobError(message, { remedy, cause: outcome.error });
  }
  return startAnswer(server, files, outcome.answer);
}

/** The time for freed memory to go back to the system, in milliseconds. */
const settleMs = 50;

/** All of a browser's processes, as a session with the whole browser finds them. */
async function processesOf(browser: CDPSession): Promise<readonly number[]> {
  const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
  const leader = processInfo.find(({ type }) => type === "browser");
  const group = leader === undefined ? [] : processesOfGroup(leader.id);
  return group.length > 0 ? group : processInfo.map(({ id }) => id);
}

/** Gives a function that reads the memory of all of the browser's processes together. */
async function memoryReader(
  page: Page,
): Promise<(moment: MemoryMoment) => Promise<ProcessMemory | null>> {
  const browser = await page.context().browser()!.newBrowserCDPSession();
  const tab = await page.context().newCDPSession(page);
  return async (moment) => {
    if (moment === "steady" || moment === "disposed") {
      for (let collection = 0; collection < 2; collection++) {
        await tab.send("HeapProfiler.collectGarbage");
        // A collector frees the memory of arrays in a thread of its own.
        await sleep(settleMs);
      }
    }
    const ids = await processesOf(browser);
    if (moment === "before") resetPeaks(ids);
    return moment === "peak" ? readPeaks(ids) : readMemory(ids);
  };
}
