import type { PageApi, PageDriver, PageWindow } from "@sebench/jobs";
import { answerJob } from "./answer-job.ts";
import { loadEngine } from "./engines.ts";

/** The driver that has put its functions into the page, as Playwright does. */
function exposedDriver(): PageDriver {
  const { sebenchSupply, sebenchProgress, sebenchConditions, sebenchMemory } =
    globalThis as unknown as PageWindow;
  return {
    supply:
      sebenchSupply ??
      (() => Promise.reject(new Error("nobody who drives this page serves what the job needs"))),
    ...(sebenchProgress && { progress: sebenchProgress }),
    ...(sebenchConditions && { conditions: sebenchConditions }),
    ...(sebenchMemory && { memory: sebenchMemory }),
  };
}

const api: PageApi = { load: loadEngine, answer: (job) => answerJob(job, exposedDriver()) };
Object.assign(globalThis, { sebench: api });
