import { readMemory } from "@sebench/hardware";
import { runtimeOf } from "@sebench/hosts";
import { buildTestPage, openPage, pageRuntime, type TestPage } from "@sebench/page/testing";
import type { RuntimeId } from "@sebench/runtime";
import { type MemorySubject, openRuns } from "./memory-subject.ts";

/** A subject in a browser of its own, whose memory is that of all its processes together. */
export async function browserSubject(id: RuntimeId): Promise<MemorySubject> {
  const built = await buildTestPage();
  const opened = await openPage(built, { webgpu: true });
  const dispose = async () => {
    await opened[Symbol.asyncDispose]();
    await built[Symbol.asyncDispose]();
  };
  try {
    const engine = await pageRuntime(runtimeOf(id), async () => opened).load({ threads: null });
    const run = await openRuns(engine);
    return {
      async residentAfter(runs) {
        await run(runs);
        return residentOf(opened);
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function residentOf({ page }: TestPage): Promise<number> {
  const tab = await page.context().newCDPSession(page);
  await tab.send("HeapProfiler.collectGarbage");
  await tab.detach();
  const browser = await page.context().browser()!.newBrowserCDPSession();
  const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
  await browser.detach();
  return readMemory(processInfo.map(({ id }) => id))?.residentBytes ?? 0;
}
