import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { EnvHttpProxyAgent, fetch, type Response } from "undici";
import { byteLengthOf } from "./part-file.ts";

const connectLimitMs = 10_000;
const stallLimitMs = 30_000;

export interface DownloadOptions {
  /** The name of the file for people, with which each line of progress begins. */
  readonly what: string;
  /** The length of the whole file, or null if it is not known beforehand. */
  readonly byteLength: number | null;
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
  /** The longest time without a byte; 30000 by default. */
  readonly stallLimitMs?: number;
}

/**
 * Fetches a file, or what is missing at its end. undici's `fetch` is used because
 * Node 20's own knows neither HTTPS_PROXY nor a limit on the time to connect.
 *
 * @returns The headers of the answer.
 */
export async function download(
  url: string,
  path: string,
  options: DownloadOptions,
): Promise<Response["headers"]> {
  const limit = options.stallLimitMs ?? stallLimitMs;
  const agent = new EnvHttpProxyAgent({
    connect: { timeout: connectLimitMs },
    headersTimeout: limit,
    bodyTimeout: limit,
  });
  try {
    const held = await byteLengthOf(path);
    const response = await fetch(url, {
      dispatcher: agent,
      headers: { "accept-encoding": "identity", ...(held > 0 ? { range: `bytes=${held}-` } : {}) },
      signal: options.signal ?? null,
    });
    // The server cannot go on from so many bytes, so what is held is not the beginning of its file.
    if (response.status === 416) {
      await rm(path, { force: true });
      return await download(url, path, options);
    }
    await receive(response, path, held, options);
    return response.headers;
  } finally {
    await agent.destroy();
  }
}

async function receive(
  response: Response,
  path: string,
  held: number,
  options: DownloadOptions,
): Promise<void> {
  if (!response.ok || response.body === null) {
    const { host } = new URL(response.url);
    throw new Error(`${host} answers ${response.status} ${response.statusText}`.trimEnd());
  }
  const offset = offsetOf(response, held);
  const total = totalOf(response, offset);
  const { byteLength } = options;
  if (byteLength !== null && total !== null && total !== byteLength) {
    throw new Error(`it offers ${total} bytes, where the file has ${byteLength}`);
  }
  const tell = transferProgress(options.what, total ?? byteLength, options.onProgress);
  await pipeline(
    Readable.fromWeb(response.body),
    (chunks) => meter(chunks, offset, byteLength, tell),
    createWriteStream(path, { flags: offset === 0 ? "w" : "a" }),
    { signal: options.signal },
  );
  const received = await byteLengthOf(path);
  const whole = byteLength ?? total ?? received;
  if (received !== whole) throw new Error(`it ended after ${received} of ${whole} bytes`);
}

/** The place in the file at which the answer begins, since a server need not honour `range`. */
function offsetOf(response: Response, held: number): number {
  if (response.status !== 206) return 0;
  const range = response.headers.get("content-range");
  if (range?.startsWith(`bytes ${held}-`)) return held;
  throw new Error(`it answers with another range than was asked for: ${range}`);
}

function totalOf(response: Response, offset: number): number | null {
  const length = response.headers.get("content-length");
  // The length is that of the bytes sent, which an encoding changes.
  if (length === null || response.headers.has("content-encoding")) return null;
  return offset + Number(length);
}

async function* meter(
  chunks: AsyncIterable<Uint8Array>,
  offset: number,
  byteLength: number | null,
  tell: (received: number) => void,
): AsyncIterable<Uint8Array> {
  let received = offset;
  for await (const chunk of chunks) {
    received += chunk.byteLength;
    if (byteLength !== null && received > byteLength) {
      throw new Error(`it sends more than the file's ${byteLength} bytes`);
    }
    yield chunk;
    tell(received);
  }
}

const lineEveryMs = 1_000;
/** The longest time between lines, for a slow transfer of which 5 % take long. */
const lineAtLeastEveryMs = 10_000;
const stepPercent = 5;

/**
 * Tells of a transfer in a line each 5 %, though no more than one a second, or each ten
 * seconds.
 */
export function transferProgress(
  what: string,
  total: number | null,
  onProgress: (line: string) => void,
  now: () => number = () => performance.now(),
): (received: number) => void {
  let toldAt = now();
  let toldPercent = 0;
  return (received) => {
    const percent = total === null ? 0 : (received / total) * 100;
    const since = now() - toldAt;
    const isDone = received === total;
    const isStep = percent - toldPercent >= stepPercent && since >= lineEveryMs;
    if (!isDone && !isStep && since < lineAtLeastEveryMs) return;
    toldAt = now();
    toldPercent = percent;
    onProgress(`${what}: ${amount(received, total)}`);
  };
}

function amount(received: number, total: number | null): string {
  if (total === null) return `${megabytes(received)} MB`;
  const percent = Math.floor((received / total) * 100);
  return `${megabytes(received)} of ${megabytes(total)} MB (${percent} %)`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
