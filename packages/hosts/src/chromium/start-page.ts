import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import {
  processesOfGroup,
  type ProcessMemory,
  readMemory,
  readPeaks,
  resetPeaks,
} from "@sebench/hardware";
import {
  type AnswerTo,
  JobError,
  type LoadedBytes,
  type LoadedFile,
  type PageWindow,
  type StartJob,
} from "@sebench/jobs";
import type { PageServer } from "@sebench/page";
import type { ByteKind, MemoryMoment } from "@sebench/results";
import type { CDPSession, Page } from "playwright";

/** Opens the page of a start in a browser that has shown nothing, and asks what became of it. */
export async function askStart(
  page: Page,
  server: PageServer,
  job: StartJob,
): Promise<AnswerTo<StartJob>> {
  const { request } = job;
  const serve = async (name: string, file: string) => server.serve(name, await readFile(file));
  const files = {
    head: await serve("model-head.json", request.files.head),
    model: await serve("model.bin", request.files.model),
    images: await serve("images.bin", request.files.images),
  };
  await page.exposeFunction("sebenchMemory", await memoryReader(page));
  const asked = encodeURIComponent(JSON.stringify({ ...job, request: { ...request, files } }));
  await page.goto(`${server.url}start.html#${asked}`, { timeout: 0 });
  const outcome = await page.evaluate(() => (globalThis as unknown as PageWindow).sebenchStarted!);
  if (!outcome.ok) {
    const { message, remedy } = outcome.error;
    throw new JobError(message, { remedy, cause: outcome.error });
  }
  const { measured, loaded } = outcome.answer;
  const isModel = (path: string) => path === files.head || path === files.model;
  const kindOf = ({ path }: LoadedFile): ByteKind | null => {
    if (path === files.images) return null;
    if (isModel(path)) return "model";
    return path.endsWith(".wasm") ? "wasm" : "javascript";
  };
  const of = (kind: ByteKind) =>
    countBytes(
      server.url,
      loaded.filter((file) => kindOf(file) === kind),
    );
  const bytes = {
    javascript: await of("javascript"),
    wasm: await of("wasm"),
    model: await of("model"),
  };
  return { ...measured, bytes };
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

/**
 * Counts what a page has loaded of one kind, each file once. Throws a `JobError` where the page's
 * resource timing does not tell of the files as they are.
 */
export async function countBytes(
  origin: string,
  loaded: readonly LoadedFile[],
): Promise<LoadedBytes> {
  const total = { files: 0, raw: 0, sent: 0, gzip: 0, brotli: 0 };
  const byPath = new Map(loaded.map((file) => [file.path, file]));
  for (const { path, decodedBodySize, transferSize } of byPath.values()) {
    const body = await readServed(new URL(path, origin));
    if (body.byteLength !== decodedBodySize) {
      throw new JobError(
        `the page's resource timing tells ${decodedBodySize} bytes of ${path}, which has ${body.byteLength}`,
      );
    }
    const { gzip: zipped, brotli } = await compressedSizes(body);
    total.files += 1;
    total.raw += body.byteLength;
    total.sent += transferSize;
    total.gzip += zipped;
    total.brotli += brotli;
  }
  return total;
}

async function readServed(url: URL): Promise<Buffer> {
  return Buffer.from(await (await fetch(url)).arrayBuffer());
}

type Sizes = Pick<LoadedBytes, "gzip" | "brotli">;

/** The sizes of what was compressed before, by its hash: starts load the same files. */
const knownSizes = new Map<string, Promise<Sizes>>();

function compressedSizes(body: Buffer): Promise<Sizes> {
  const key = createHash("sha256").update(body).digest("hex");
  const known = knownSizes.get(key);
  if (known) return known;
  const sizes = compress(body).then(({ gzipped, brotlied }) => ({
    gzip: gzipped.byteLength,
    brotli: brotlied.byteLength,
  }));
  knownSizes.set(key, sizes);
  return sizes;
}

/** Compresses as servers do while they send: gzip at level 6, brotli at quality 5. */
export async function compress(body: Buffer) {
  const [gzipped, brotlied] = await Promise.all([
    promisify(gzip)(body, { level: 6 }),
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  ]);
  return { gzipped, brotlied };
}
