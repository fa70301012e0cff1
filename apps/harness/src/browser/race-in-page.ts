import type { RaceMeasurement } from "@sebench/measure";
import type { PageRaceJob, PageServer, PageWindow } from "@sebench/page";
import type { Page } from "playwright";
import { JobError } from "../host.ts";
import type { RaceJob } from "../job.ts";
import { serveRaceJob } from "./serve-job.ts";

export async function raceInPage(
  page: Page,
  server: PageServer,
  job: RaceJob,
): Promise<RaceMeasurement> {
  const asked: PageRaceJob = await serveRaceJob(server, job);
  const result = await page.evaluate(
    (of) => (globalThis as unknown as PageWindow).sebench.race(of),
    asked,
  );
  if (result.ok) return result.measurement;
  const { message, remedy } = result.error;
  throw new JobError(message, { remedy, cause: result.error });
}
