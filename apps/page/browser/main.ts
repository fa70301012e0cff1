import {
  answerOnEngine,
  type AnswerTo,
  type EngineJob,
  type JobObserver,
  type PageOutcome,
  type PageWindow,
  type PageApi,
} from "@sebench/jobs";
import type { GpuConditions, RoundConditions } from "@sebench/measure";
import { describeError } from "@sebench/spec";
import { fetchedSupply } from "./fetched-supply.ts";
import { loadEngine } from "./runtimes.ts";
import { StatusLine } from "./status-line.ts";

/** Answers one job, and tells the person who watches how far it is. It never rejects. */
export async function answerJob<Asked extends EngineJob>(
  job: Asked,
): Promise<PageOutcome<AnswerTo<Asked>>> {
  const status = new StatusLine(job);
  try {
    const observer: JobObserver = {
      say: (words) => status.say(words),
      onProgress: (progress) => status.show(progress),
      ...driverWatch(),
    };
    const answer = await answerOnEngine(job, loadEngine, { supply: fetchedSupply(), observer });
    await status.say("done");
    return { ok: true, answer };
  } catch (error) {
    await status.say(`failed: ${String(error)}`);
    return { ok: false, error: describeError(error) };
  }
}

/** The watch of the machine by the page's driver, or nothing where the driver does not watch. */
function driverWatch(): Pick<JobObserver, "conditions"> {
  const ask = (globalThis as unknown as PageWindow).sebenchConditions;
  if (!ask) return {};
  return {
    conditions: {
      start: () => ask("start") as Promise<void>,
      lap: () => ask("lap") as Promise<RoundConditions>,
      stop: () => ask("stop") as Promise<GpuConditions[]>,
    },
  };
}

const api: PageApi = { load: loadEngine, answer: answerJob };
Object.assign(globalThis, { sebench: api });
