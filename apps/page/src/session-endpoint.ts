import { createHash, timingSafeEqual } from "node:crypto";
import type http from "node:http";
import {
  decodeMessage,
  encodeMessage,
  type PageMessage,
  type PageOrder,
  sessionHeaders,
  sessionPaths,
} from "@sebench/jobs";
import { messageLimit, readPageMessage } from "@sebench/jobs/messages";

/** A page that asks: the device that it is on, and which of that device's pages it is. */
export interface Asker {
  readonly device: string;
  readonly page: string;
}

/** A refusal, with the status of the answer and words for the person at the device. */
export class SessionRefusal extends Error {
  override readonly name = "SessionRefusal";
  readonly status: 400 | 401 | 403 | 409 | 411 | 413 | 415;

  constructor(status: SessionRefusal["status"], message: string) {
    super(message);
    this.status = status;
  }
}

/** What answers the pages of a session. Its functions throw a `SessionRefusal` to refuse. */
export interface SessionHandler {
  /** The token of the session, or null where there is none now. */
  readonly token: string | null;
  take(message: PageMessage, from: Asker): Promise<unknown>;
  /** Gives the next order; `closed` aborts where the page does not wait any more. */
  next(from: Asker, closed: AbortSignal): Promise<PageOrder>;
  /** Takes note of a page that lives until `closed` aborts. */
  hold(from: Asker, closed: AbortSignal): void;
}

export function isSessionPath(url: string | undefined): boolean {
  return Object.values<string | undefined>(sessionPaths).includes(url);
}

/** The place of a session on a server. */
interface SessionPlace {
  readonly handler: SessionHandler;
  /** The values of `Host` that the server answers to, which its own pages have in their origins. */
  readonly names: readonly string[];
  /** The headers of every answer. */
  readonly headers: http.OutgoingHttpHeaders;
}

/** Answers a request of a page that drives itself, once it has shown the token. */
export async function answerSession(
  { handler, names, headers }: SessionPlace,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const end = (status: number, type: string, body: string) => {
    if (response.destroyed) return;
    response.writeHead(status, { ...headers, "Content-Type": type }).end(body);
  };
  try {
    const from = askerOf(handler, names, request);
    const closed = closingOf(response);
    switch (request.url) {
      case sessionPaths.alive:
        requireMethod(request, "GET");
        handler.hold(from, closed);
        return;
      case sessionPaths.next:
        requireMethod(request, "GET");
        end(200, "application/json", encodeMessage(await handler.next(from, closed)));
        return;
      default: {
        requireMethod(request, "POST");
        const answer = await handler.take(await readMessage(request), from);
        end(200, "application/json", encodeMessage(answer ?? null));
      }
    }
  } catch (error) {
    const status = error instanceof SessionRefusal ? error.status : 500;
    const words = error instanceof Error ? error.message : String(error);
    if (!request.complete) response.shouldKeepAlive = false;
    end(status, "text/plain; charset=utf-8", words);
  }
}

/** Throws a `SessionRefusal` unless a page of this server's own asks, with the token. */
function askerOf(
  { token }: SessionHandler,
  names: readonly string[],
  { headers }: http.IncomingMessage,
): Asker {
  const { origin } = headers;
  if (origin !== undefined && !names.some((name) => isOriginOf(origin, name))) {
    throw new SessionRefusal(403, "only this server's own page is answered");
  }
  if (token === null || !isSame(headers[sessionHeaders.token], token)) {
    throw new SessionRefusal(401, "This address is of no session that runs. Open the one printed.");
  }
  const [device, page] = [headers[sessionHeaders.device], headers[sessionHeaders.page]];
  if (!isName(device) || !isName(page)) {
    throw new SessionRefusal(400, "the page does not say which device it is on");
  }
  return { device, page };
}

/** Whether an origin has this host, by http, or by https that a tunnel may end before the server. */
function isOriginOf(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}

function isName(text: string | string[] | undefined): text is string {
  return typeof text === "string" && /^[0-9a-f]{32}$/.test(text);
}

/** Compares with a secret in a time that tells nothing of where the two differ. */
function isSame(given: string | string[] | undefined, secret: string): boolean {
  if (typeof given !== "string") return false;
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}

function requireMethod({ method }: http.IncomingMessage, wanted: string): void {
  if (method !== wanted) throw new SessionRefusal(400, `this is asked by ${wanted}`);
}

async function readMessage(request: http.IncomingMessage): Promise<PageMessage> {
  if (request.headers["content-type"] !== "application/json") {
    throw new SessionRefusal(415, "a message is of the type application/json");
  }
  const read = readPageMessage(parse(await readBody(request)));
  if (!read.ok) throw new SessionRefusal(400, `this is no message of a page: ${read.reason}`);
  return read.message;
}

function parse(text: string): unknown {
  try {
    return decodeMessage(text);
  } catch {
    throw new SessionRefusal(400, "this is no message of a page: it is not JSON");
  }
}

const tooLarge = () =>
  new SessionRefusal(413, `a message has at most ${messageLimit / 2 ** 20} MiB`);

/** Reads a body, and no more of it than a message may have. */
async function readBody(request: http.IncomingMessage): Promise<string> {
  const told = request.headers["content-length"];
  if (told !== undefined && Number(told) > messageLimit) throw tooLarge();
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > messageLimit) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** A signal that aborts when the connection of an answer is closed before it was sent. */
function closingOf(response: http.ServerResponse): AbortSignal {
  const closed = new AbortController();
  response.once("close", () => closed.abort());
  return closed.signal;
}
