import { loweredEntrants, runRace } from "@sebench/measure";
import { describeError } from "@sebench/spec";
import { fetchBuilt, fetchImages } from "./fetch-case.ts";
import type { PageRaceJob, RaceResult } from "./page-api.ts";
import { loadAvailable } from "./runtimes.ts";

/** Never rejects. */
export async function race(job: PageRaceJob): Promise<RaceResult> {
  try {
    const engine = await loadAvailable(job.runtime, job.engine);
    try {
      const entrants = loweredEntrants(engine, job.entrants, job.race, (member) =>
        fetchBuilt(job.members[member]!),
      );
      const images = await fetchImages(job.images);
      return { ok: true, measurement: await runRace(engine, entrants, images, job.race) };
    } finally {
      await engine[Symbol.asyncDispose]();
    }
  } catch (error) {
    return { ok: false, error: describeError(error) };
  }
}
