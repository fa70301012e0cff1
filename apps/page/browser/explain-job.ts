import { explainCase } from "@sebench/measure";
import { describeError } from "@sebench/spec";
import { fetchImages } from "./fetch-case.ts";
import type { ExplainResult, PageExplainJob } from "./page-api.ts";
import { encodePair } from "./run-job.ts";
import { loadAvailable } from "./runtimes.ts";
import { StatusLine } from "./status-line.ts";

/** Measures where the overhead of one case goes. Never rejects. */
export async function explainJob(job: PageExplainJob): Promise<ExplainResult> {
  const status = new StatusLine(job);
  try {
    await status.say("starting the engine");
    const engine = await loadAvailable(job.runtime, job.engine);
    try {
      const pair = await encodePair(engine, job, status);
      const images = await fetchImages(job.images);
      const measurement = await explainCase(engine, pair, images, job.measure, {
        onProgress: (progress) => status.show(progress),
      });
      return { ok: true, measurement };
    } finally {
      await engine[Symbol.asyncDispose]();
    }
  } catch (error) {
    return { ok: false, error: describeError(error) };
  }
}
