import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AnswerTo,
  type EngineJob,
  type Job,
  JobError,
  type JobKind,
  type PageWindow,
  type Supplied,
  type SupplyRequest,
} from "@sebench/jobs";
import type { ConditionsWatch } from "@sebench/measure";
import { buildPage, type PageServer, startPageServer } from "@sebench/page";
import type { Tensor } from "@sebench/spec";
import { fromWeights, writeSafetensors } from "@sebench/weights";
import type { Browser, Page } from "playwright";
import { type JobHost, timedOut, type Watch } from "../host/host.ts";
import { localSupply } from "../host/local-supply.ts";
import { watchMachine } from "../host/watch-machine.ts";
import { type BrowserFound, type BrowserOptions, launchBrowser } from "./browser.ts";
import { askStart } from "./start-page.ts";

/**
 * Opens Chromium as a host, which shows the page that `apps/page` builds. Each job has a fresh
 * browser, and all probes share one, since nothing is timed in them.
 */
export async function openChromiumHost(
  found: BrowserFound,
  options: BrowserOptions,
): Promise<JobHost> {
  const root = await mkdtemp(join(tmpdir(), "sebench-page-"));
  const removeRoot = () => rm(root, { recursive: true, force: true });
  const server = await buildPage(root)
    .then(() => startPageServer({ root, port: options.port }))
    .catch(async (error: unknown) => {
      await removeRoot();
      throw error;
    });
  const shared = sharedBrowser(() => launchBrowser(found, options));
  return {
    name: "chromium",
    version: found.version,
    remedy: "try another browser with --browser PATH",
    async run(job, watch) {
      if (job.kind === "start") {
        await shared.close();
        const start = (page: Page) => askStart(page, server, job);
        try {
          const open = inFreshBrowser(found, options.headed, "about:blank", watch, start);
          return (await open) as AnswerTo<typeof job>;
        } finally {
          server.clear();
        }
      }
      requireEngine(job);
      const ask = (page: Page) => askPage(page, server, job, watch);
      const askAlone = () => inFreshBrowser(found, options.headed, server.url, watch, ask);
      try {
        if (job.kind === "probe") {
          // Another probe may have broken the shared browser, so a probe that failed is repeated in
          // a browser of its own.
          return await shared
            .use((browser) => inNewPage(browser, server.url, watch, ask))
            .catch(askAlone);
        }
        await shared.close();
        return await askAlone();
      } finally {
        if (job.kind !== "probe") server.clear();
      }
    },
    async [Symbol.asyncDispose]() {
      await shared.close();
      await server[Symbol.asyncDispose]();
      await removeRoot();
    },
  };
}

/** The jobs that need no host's engine. */
const nodeJobs: ReadonlySet<JobKind> = new Set(["oracle", "ranges", "store"]);

/** Throws a `JobError` for a job that no page answers. */
function requireEngine<Asked extends Job>(job: Asked): asserts job is Asked & EngineJob {
  if (!nodeJobs.has(job.kind)) return;
  throw new JobError(`a job of the kind ${job.kind} runs in Node, not in a browser`);
}

/** Makes the one call into the page, which answers a job and asks back for what it needs. */
async function askPage<Asked extends EngineJob>(
  page: Page,
  server: PageServer,
  job: Asked,
  watch: Watch,
): Promise<AnswerTo<Asked>> {
  const machine = watchMachine(await processorTimeOf(page.context().browser()!));
  await page.exposeFunction("sebenchSupply", serveSupply(server));
  await page.exposeFunction("sebenchProgress", watch.onProgress);
  await page.exposeFunction("sebenchConditions", (step: keyof ConditionsWatch) => machine[step]());
  const outcome = await page.evaluate(
    (asked) => (globalThis as unknown as PageWindow).sebench.answer(asked),
    job as EngineJob,
  );
  if (outcome.ok) return outcome.answer as AnswerTo<Asked>;
  const { message, remedy } = outcome.error;
  throw new JobError(message, { remedy, cause: outcome.error });
}

/**
 * Gives a function that reads the processor time of all of the browser's processes, in
 * milliseconds.
 */
async function processorTimeOf(browser: Browser): Promise<() => Promise<number>> {
  const session = await browser.newBrowserCDPSession();
  return async () => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1000, 0);
  };
}

/**
 * Gives a page in a new browser to `use`. The browser is closed when `use` is done, when the time
 * is over, when the person interrupts, or when it dies.
 */
export async function inFreshBrowser<Answer>(
  found: BrowserFound,
  headed: boolean,
  url: string,
  watch: Watch,
  use: (page: Page) => Promise<Answer>,
): Promise<Answer> {
  watch.signal.throwIfAborted();
  using ending = untilEnded(watch);
  const launched = launchBrowser(found, { headed });
  const browser = await Promise.race([launched, ending.promise]).catch((error: unknown) => {
    // A browser that starts after all is not left behind.
    void launched.then((late) => late.close()).catch(() => {});
    throw error;
  });
  try {
    return await inNewPage(browser, url, watch, use);
  } finally {
    await browser.close();
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
    const used = page.goto(url).then(() => use(page));
    return await Promise.race([used, ending.promise, untilDead(browser, page)]);
  } finally {
    await page.close().catch(() => {});
  }
}

/** A promise that rejects at the end of the time, or at an interrupt. */
function untilEnded({ signal, timeoutMs }: Watch): { promise: Promise<never> } & Disposable {
  const over = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  let stop = () => {};
  const promise = new Promise<never>((_, reject) => {
    const end = () => reject(signal.aborted ? signal.reason : timedOut(timeoutMs));
    over.addEventListener("abort", end);
    stop = () => over.removeEventListener("abort", end);
  });
  promise.catch(() => {});
  return { promise, [Symbol.dispose]: () => stop() };
}

function untilDead(browser: Browser, page: Page): Promise<never> {
  return new Promise((_, reject) => {
    browser.once("disconnected", () => reject(new JobError("the browser ended while it ran")));
    page.once("crash", () => reject(new JobError("the page crashed, perhaps out of memory")));
  });
}

/** Serves what a page asks for where the page can fetch it: networks, weights and images. */
function serveSupply(server: PageServer): NonNullable<PageWindow["sebenchSupply"]> {
  const supply = localSupply();
  let served = 0;
  const serveImages = (name: string, images: Tensor): string =>
    server.serve(
      `${name}.safetensors`,
      writeSafetensors(fromWeights(new Map([["images", images]]))),
    );
  const answers: {
    readonly [What in SupplyRequest["what"]]: (
      request: Extract<SupplyRequest, { readonly what: What }>,
    ) => Promise<Supplied[What]>;
  } = {
    async model({ model }) {
      const { network, weights, classes } = await supply.model(model);
      const name = `model-${served++}`;
      return {
        network: server.serve(`${name}.json`, JSON.stringify(network)),
        weights: server.serve(`${name}.safetensors`, writeSafetensors(fromWeights(weights))),
        classes,
      };
    },
    images: async ({ images, imageSize }) =>
      serveImages(`images-${served++}`, await supply.images(images, imageSize)),
    async labelled({ range }) {
      const { images, labels, broken } = await supply.labelled(range);
      // One name serves all images, since a page asks for the next ones when it is done with the
      // last.
      const url = labels.length === 0 ? null : serveImages("labelled", images);
      return { images: url, labels: [...labels], broken };
    },
  };
  return (request) =>
    (answers[request.what] as (of: SupplyRequest) => Promise<Supplied[keyof Supplied]>)(request);
}

/** A browser for several pages at once, which starts when the first page asks for it. */
export interface SharedBrowser {
  /** Lends the browser to `use`. A browser that has ended, or did not start, is started anew. */
  use<Answer>(use: (browser: Browser) => Promise<Answer>): Promise<Answer>;
  /** Ends the browser, where it runs; a later use starts another. */
  close(): Promise<void>;
}

export function sharedBrowser(launch: () => Promise<Browser>): SharedBrowser {
  let launched: Promise<Browser> | null = null;
  return {
    async use(use) {
      const earlier = launched;
      const running = await earlier?.catch(() => null);
      // Another use may have started a browser meanwhile, which then serves this one too.
      if (launched === earlier && !running?.isConnected()) launched = launch();
      return use(await launched!);
    },
    async close() {
      const browser = await launched?.catch(() => null);
      launched = null;
      await browser?.close();
    },
  };
}
