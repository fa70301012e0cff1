import {
  type CaseMeasurement,
  type GpuConditions,
  measureCase,
  type MeasureObserver,
  type Member,
  type RoundConditions,
} from "@sebench/measure";
import type { EncodedModel, Engine } from "@sebench/runtime";
import { describeError } from "@sebench/spec";
import { fetchImages, fetchMember } from "./fetch-case.ts";
import type { PageExplainJob, PageJob, PageResult, PageWindow } from "./page-api.ts";
import { loadAvailable } from "./runtimes.ts";
import { StatusLine } from "./status-line.ts";

/** Measures one case. Never rejects. */
export async function runJob(job: PageJob): Promise<PageResult> {
  const status = new StatusLine(job);
  try {
    const measurement = await measureJob(job, status);
    await status.say("done");
    return { ok: true, measurement };
  } catch (error) {
    await status.say(`failed: ${String(error)}`);
    return { ok: false, error: describeError(error) };
  }
}

async function measureJob(job: PageJob, status: StatusLine): Promise<CaseMeasurement> {
  await status.say("starting the engine");
  // Started, so that no member's `prepare` pays for that.
  const engine = await loadAvailable(job.runtime, job.engine);
  try {
    const pair = await encodePair(engine, job, status);
    const images = await fetchImages(job.images);
    return await measureCase(engine, pair, images, job.measure, {
      onProgress: (progress) => status.show(progress),
      ...driverWatch(),
      ...labelledOf(job),
    });
  } finally {
    await engine[Symbol.asyncDispose]();
  }
}

function labelledOf({ labelled }: PageJob): Pick<MeasureObserver, "labelled"> {
  return labelled ? { labelled: { ...labelled, load: () => fetchImages(labelled.images) } } : {};
}

/** The machine as the page's driver sees it, where it watches. */
function driverWatch(): Pick<MeasureObserver, "conditions"> {
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

export async function encodePair(engine: Engine, job: PageExplainJob, status: StatusLine) {
  const encode = async (member: Member): Promise<EncodedModel> => {
    await status.say(`encoding the ${member} network`);
    const { lowering, measure } = job;
    const lowered = await fetchMember(job.members[member], lowering, measure.batch);
    return engine.encode(lowered, measure);
  };
  return { plain: await encode("plain"), se: await encode("se") };
}
