import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import {
  processesOfGroup,
  type ProcessMemory,
  readMemory,
  readPeaks,
  resetPeaks,
} from "@sebench/hardware";
import { type AnswerTo, JobError, type PageWindow, type StartJob } from "@sebench/jobs";
import type { PageServer } from "@sebench/page";
import type { MemoryMoment } from "@sebench/results";
import type { CDPSession, Page } from "playwright";
import { startAnswer, startFilesOf } from "../host/start-files.ts";

/** Opens the page of a start in a browser that has shown nothing, and asks what became of it. */
export async function askStart(
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
export async function processesOf(browser: CDPSession): Promise<readonly number[]> {
  const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
  const leader = processInfo.find(({ type }) => type === "browser");
  const group = leader === undefined ? [] : processesOfGroup(leader.id);
  return group.length > 0 ? group : processInfo.map(({ id }) => id);
}

/** Gives a function that reads the memory of all of the browser's processes together. */
export async function memoryReader(
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
