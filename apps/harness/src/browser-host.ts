import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConditionsWatch } from "@sebench/measure";
import {
  buildPage,
  type PageJob,
  type PageModels,
  type PageServer,
  type PageWindow,
  startPageServer,
} from "@sebench/page";
import type { EngineOptions, ModelGroup, RuntimeId } from "@sebench/runtime";
import type { Browser, Page } from "playwright";
import type { BrowserFound } from "./browser/browser.ts";
import { launchBrowser } from "./browser/launch-browser.ts";
import { raceInPage } from "./browser/race-in-page.ts";
import { serveExplainJob, serveJob, serveNetwork, serveTensor } from "./browser/serve-job.ts";
import { sharedBrowser } from "./browser/shared-browser.ts";
import { type CaseHost, JobError, unavailable, type Watch } from "./host.ts";
import { buildModel } from "./infer/build-model.ts";
import { type Inference, inferImages } from "./infer/infer-images.ts";
import type { ExplainJob, InferJob, RooflineJob } from "./job.ts";
import { timedOut } from "./process-host.ts";
import type { BrowserOptions } from "./run-options.ts";
import { watchMachine } from "./watch-machine.ts";

/**
 * Chromium, showing the page that `apps/page` builds: a fresh browser for each
 * case, and one for all probes, where nothing is timed.
 */
export async function openBrowserHost(
  found: BrowserFound,
  options: BrowserOptions,
): Promise<CaseHost> {
  const root = await mkdtemp(join(tmpdir(), "sebench-page-"));
  const removeRoot = () => rm(root, { recursive: true, force: true });
  const server = await buildPage(root)
    .then(() => startPageServer({ root, port: options.port }))
    .catch(async (error: unknown) => {
      await removeRoot();
      throw error;
    });
  const withPage = <Answer>(watch: Watch, use: (page: Page) => Promise<Answer>) =>
    inFreshBrowser(found, options.headed, server.url, watch, use);
  const shared = sharedBrowser(() => launchBrowser(found, options));
  const serving = async <Answer>(watch: Watch, use: (page: Page) => Promise<Answer>) => {
    await shared.close();
    try {
      return await withPage(watch, use);
    } finally {
      server.clear();
    }
  };
  return {
    name: "chromium",
    version: found.version,
    async probe(runtime, engine, watch) {
      const ask = (page: Page) => probeIn(page, runtime, engine);
      try {
        // Another probe may have broken the shared browser: only one of its own says so for sure.
        return await shared
          .use((browser) => inNewPage(browser, server.url, watch, ask))
          .catch(() => withPage(watch, ask));
      } catch (error) {
        watch.signal.throwIfAborted();
        return unavailable(error, "try another browser with --browser PATH");
      }
    },
    async measure(job, watch) {
      await shared.close();
      const pageJob = await serveJob(server, job);
      try {
        return await withPage(watch, (page) => measureIn(page, pageJob, watch));
      } finally {
        server.clear();
      }
    },
    explain: (job, watch) => serving(watch, (page) => explainIn(page, server, job, watch)),
    infer: (job, watch) => serving(watch, (page) => inferIn(page, server, job, watch)),
    race: (job, watch) => serving(watch, (page) => raceInPage(page, server, job)),
    async roofline(job, watch) {
      await shared.close();
      return withPage(watch, (page) => rooflineIn(page, job));
    },
    async [Symbol.asyncDispose]() {
      await shared.close();
      await server[Symbol.asyncDispose]();
      await removeRoot();
    },
  };
}

function probeIn(page: Page, runtime: RuntimeId, engine: EngineOptions) {
  return page.evaluate(
    ([id, options]) => (globalThis as unknown as PageWindow).sebench.probe(id, options),
    [runtime, engine] as const,
  );
}

async function measureIn(page: Page, job: PageJob, watch: Watch) {
  await page.exposeFunction("sebenchProgress", watch.onProgress);
  const machine = watchMachine(await processorTimeOf(page.context().browser()!));
  await page.exposeFunction("sebenchConditions", (step: keyof ConditionsWatch) => machine[step]());
  const result = await page.evaluate(
    (asked) => (globalThis as unknown as PageWindow).sebench.run(asked),
    job,
  );
  if (result.ok) return result.measurement;
  const { message, remedy } = result.error;
  throw new JobError(message, { remedy, cause: result.error });
}

async function explainIn(page: Page, server: PageServer, job: ExplainJob, watch: Watch) {
  await page.exposeFunction("sebenchProgress", watch.onProgress);
  const result = await page.evaluate(
    (asked) => (globalThis as unknown as PageWindow).sebench.explain(asked),
    await serveExplainJob(server, job),
  );
  if (result.ok) return result.measurement;
  const { message, remedy } = result.error;
  throw new JobError(message, { remedy, cause: result.error });
}

/** The page runs the models; the images are read here, and served to it a batch at a time. */
async function inferIn(
  page: Page,
  server: PageServer,
  { runtime, engine, models, images, options }: InferJob,
  { onProgress }: Watch,
): Promise<Inference> {
  const built = await Promise.all(models.map(buildModel));
  const { batch, precision } = options;
  const asked: PageModels = {
    runtime,
    engine,
    lowering: "conv1x1",
    models: built.map((model, index) => serveNetwork(server, `model${index}`, model)),
    options: { batch, precision },
  };
  const error = await page.evaluate(
    (of) => (globalThis as unknown as PageWindow).sebench.open(of),
    asked,
  );
  if (error) throw new JobError(error.message, { remedy: error.remedy, cause: error });
  const group: ModelGroup = {
    async run(tensor) {
      const url = serveTensor(server, "batch", tensor);
      return page.evaluate(
        (from) => (globalThis as unknown as PageWindow).sebench.infer(from),
        url,
      );
    },
    attest: () => page.evaluate(() => (globalThis as unknown as PageWindow).sebench.attest()),
    async [Symbol.asyncDispose]() {},
  };
  return inferImages(group, built, images, options, (done, total) =>
    onProgress({ phase: "images", done, total }),
  );
}

async function rooflineIn(page: Page, { runtime, engine, request }: RooflineJob) {
  const result = await page.evaluate(
    (asked) => (globalThis as unknown as PageWindow).sebench.roofline(asked),
    { runtime, engine, request },
  );
  if (result.ok) return result.roofline;
  const { message, remedy } = result.error;
  throw new JobError(message, { remedy, cause: result.error });
}

/** Reads the processor time of all of the browser's processes, in milliseconds. */
async function processorTimeOf(browser: Browser): Promise<() => Promise<number>> {
  const session = await browser.newBrowserCDPSession();
  return async () => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1000, 0);
  };
}

/**
 * Gives a page in a new browser to `use`, and closes the browser when it is
 * done, when the time is over, when the person interrupts, or when it dies.
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
    // One that starts after all is not left behind.
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

/** Rejects at the end of the time, or at an interrupt. */
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
