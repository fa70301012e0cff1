import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeMessage, encodeMessage, type PageOrder } from "@sebench/jobs";
import { type PageServer, startPageServer } from "@sebench/page";
import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from "vitest";
import type { Watch } from "../host/host.ts";
import { smallJob as job } from "../testing/small-job.ts";
import { PageSession } from "./page-session.ts";

let root: string;
let server: PageServer;
let session: PageSession;
let interrupt: AbortController;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sebench-session-"));
  await writeFile(join(root, "session.html"), "<p>the page</p>");
});
afterAll(() => rm(root, { recursive: true }));

beforeEach(async () => {
  interrupt = new AbortController();
  session = new PageSession({ attempts: 2, graceMs: 50 });
  server = await startPageServer({ root, session });
  session.serveFrom(server);
});
afterEach(async () => {
  interrupt.abort(new Error("the test is over"));
  await server[Symbol.asyncDispose]();
});

const facts = {
  agent: "Mozilla/5.0 (a phone)",
  model: null,
  coresTold: 4,
  memoryGiBTold: null,
  secureContext: true,
  crossOriginIsolated: true,
  sharedMemory: true,
  relaxedSimd: true,
  webgpu: false,
  clockStepMs: 0.02,
  sentinelMs: 7,
  battery: null,
};

const name = (digit: string) => digit.repeat(32);
const hello = { kind: "hello", facts, name: null };

/** A page of a device, as its requests look. */
interface Visitor {
  readonly device?: string;
  readonly page?: string;
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

function headersOf({ device = "a", page = "1", token, headers }: Visitor) {
  const shown = token === undefined ? session.token : token;
  return {
    ...(shown === null ? {} : { "x-sebench-token": shown }),
    "x-sebench-device": name(device),
    "x-sebench-page": name(page),
    ...headers,
  };
}

async function post(body: string, visitor: Visitor = {}) {
  const headers = { "content-type": "application/json", ...headersOf(visitor) };
  const response = await fetch(new URL("/session/message", server.url), {
    method: "POST",
    headers,
    body,
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

const send = (message: unknown, visitor: Visitor = {}) => post(encodeMessage(message), visitor);

async function next(visitor: Visitor = {}): Promise<PageOrder> {
  const response = await fetch(new URL("/session/next", server.url), {
    headers: headersOf(visitor),
  });
  return decodeMessage(await response.text()) as PageOrder;
}

const probe = { kind: "probe", runtime: job.runtime, engine: job.engine } as const;
const available = {
  ok: true,
  version: "1",
  device: { name: "WebAssembly", details: {} },
  software: false,
};

const watch = (timeoutMs = 20_000): Watch => {
  return { signal: interrupt.signal, timeoutMs, onProgress: () => {} };
};

/** Runs a job, and gives its promise and the order that a page has for it. */
async function handedOut(asked: typeof job | typeof probe, visitor: Visitor = {}) {
  const answered = session.run(asked, watch());
  answered.catch(() => {});
  await send(hello, visitor);
  const order = await next(visitor);
  if (order.kind !== "job") throw new Error(`the page is told ${order.kind}`);
  return { answered, id: order.id, order };
}

const result = (id: string, answer: unknown = available) => {
  return { kind: "result", job: id, outcome: { ok: true, answer } };
};

test("a page asks for its job, tells of its progress, and its answer is the job's", async () => {
  const { answered, id, order } = await handedOut(probe);
  expect(order).toMatchObject({ job: probe, watched: { conditions: false, memory: false } });
  const progress = { phase: "images", done: 1, total: 2 };
  expect((await send({ kind: "progress", job: id, progress })).text).toBe('{"stop":false}');
  expect((await send(result(id))).status).toBe(200);
  expect(await answered).toEqual(available);
  expect(session.page?.facts).toEqual(facts);
});

test("a page whose job is over is told to stop", async () => {
  const { answered, id } = await handedOut(probe);
  interrupt.abort(new Error("interrupted"));
  await expect(answered).rejects.toThrow("interrupted");
  const progress = { phase: "images", done: 1, total: 2 };
  expect((await send({ kind: "progress", job: id, progress })).text).toBe('{"stop":true}');
});

test("a page is given its own case's networks and images, and nothing else", async () => {
  const { id } = await handedOut(job);
  if (job.members.kind !== "networks") throw new Error("the case is of networks");
  const { pair } = job.members;
  const images = { what: "images", images: pair.images, imageSize: pair.imageSize };
  const supplied = await send({ kind: "supply", job: id, request: images });
  expect(supplied.status).toBe(200);
  const url = new URL(decodeMessage(supplied.text) as string, server.url);
  expect((await fetch(url)).status).toBe(200);
  const model = { pair, member: "se", output: "logits", fixedGates: {} };
  expect((await send({ kind: "supply", job: id, request: { what: "model", model } })).status).toBe(
    200,
  );
  const foreign = [
    { what: "file", file: { path: join(root, "session.html"), external: [] } },
    { what: "inputs", path: join(root, "session.html") },
    { what: "images", images: { ...pair.images, count: 3 }, imageSize: pair.imageSize },
    { what: "labelled", range: { request: null, size: 28, first: 0, count: 2 } },
    { what: "model", model: { ...model, pair: { ...pair, weights: { kind: "seeded", seed: 2 } } } },
  ];
  for (const request of foreign) {
    expect((await send({ kind: "supply", job: id, request })).status).toBe(403);
  }
});

test.each([
  ["a wrong token", { token: name("0") }],
  ["a longer token", { token: `${name("0")}0` }],
  ["no token", { token: null }],
])("%s opens nothing", async (_, visitor: Visitor) => {
  expect((await send(hello, visitor)).status).toBe(401);
  for (const path of ["/session/next", "/session/alive"]) {
    const response = await fetch(new URL(path, server.url), { headers: headersOf(visitor) });
    expect(response.status).toBe(401);
  }
});

test("the token opens nothing once the session is closed", async () => {
  const token = session.token!;
  session.close();
  expect((await send(hello, { token })).status).toBe(401);
});

test("a page of another origin is refused, and told nothing that would let it read on", async () => {
  for (const origin of ["https://elsewhere.example", "null", "http://127.0.0.1:1"]) {
    const { status, headers } = await send(hello, { headers: { origin } });
    expect(status).toBe(403);
    expect([...headers.keys()].filter((key) => key.startsWith("access-control"))).toEqual([]);
  }
  const preflight = await fetch(new URL("/session/message", server.url), { method: "OPTIONS" });
  expect(preflight.status).toBe(405);
});

test("a foreign Host is refused before the token is looked at", async () => {
  const { port } = new URL(server.url);
  const status = await new Promise((resolve, reject) => {
    const request = http.get(
      {
        port,
        host: "127.0.0.1",
        path: "/session/next",
        headers: { ...headersOf({}), host: `rebound.example:${port}` },
      },
      ({ statusCode }) => resolve(statusCode),
    );
    request.on("error", reject);
  });
  expect(status).toBe(421);
});

test("a second device is told that another one has the session", async () => {
  await send(hello, { device: "a" });
  const second = await send(hello, { device: "b" });
  expect([second.status, second.text]).toEqual([409, expect.stringContaining("Another device")]);
});

test("a message that is too large is refused, whether it says so or not", async () => {
  const large = JSON.stringify({ ...hello, name: "x".repeat(8 * 2 ** 20) });
  expect((await post(large)).status).toBe(413);
  const silent = new ReadableStream({
    start(stream) {
      stream.enqueue(new TextEncoder().encode(large));
      stream.close();
    },
  });
  const answer = await fetch(new URL("/session/message", server.url), {
    method: "POST",
    headers: { "content-type": "application/json", ...headersOf({}) },
    body: silent,
    duplex: "half",
  } as RequestInit).then(
    ({ status }) => status,
    // The server may close while the rest is still being sent.
    () => 413,
  );
  expect(answer).toBe(413);
});

test.each([
  ["no JSON", "{", 400],
  ["another kind", '{"kind":"exit"}', 400],
  ["one field too many", JSON.stringify({ ...hello, admin: true }), 400],
  [
    "a text in a number's place",
    JSON.stringify({ ...hello, facts: { ...facts, sentinelMs: "7" } }),
    400,
  ],
  ["a name without end", JSON.stringify({ ...hello, name: "x".repeat(81) }), 400],
])("%s is no message", async (_, body, status) => {
  expect((await post(body)).status).toBe(status);
});

test("a message of another type than JSON is refused", async () => {
  const headers = { "content-type": "text/plain" };
  expect((await post(JSON.stringify(hello), { headers })).status).toBe(415);
});

test("an answer that is not of its job's kind is refused, and the job goes on", async () => {
  const { answered, id } = await handedOut(probe);
  expect((await send(result(id, { ...available, software: "yes" }))).status).toBe(400);
  expect((await send(result(id, { replicas: [] }))).status).toBe(400);
  expect((await send(result(id))).status).toBe(200);
  expect(await answered).toEqual(available);
});

test("a result counts once", async () => {
  const { answered, id } = await handedOut(probe);
  await send(result(id));
  await answered;
  const again = await send(result(id));
  expect([again.status, again.text]).toEqual([409, "this job has been answered, or ended"]);
  expect((await send(result(crypto.randomUUID()))).text).toBe("this job was not given");
});

test("a page that went away is replaced once, and then the case has failed", async () => {
  const { answered, id } = await handedOut(probe, { page: "1" });
  await send(hello, { page: "2" });
  expect(await next({ page: "2" })).toMatchObject({ kind: "job", id });
  expect((await send(result(id), { page: "1" })).status).toBe(409);
  await send(hello, { page: "3" });
  next({ page: "3" }).catch(() => {});
  await expect(answered).rejects.toMatchObject({
    name: "JobError",
    message: expect.stringContaining("page ended"),
  });
});

test("a held request that closes tells that the page has ended", async () => {
  const { answered } = await handedOut(probe);
  const page = new AbortController();
  const held = fetch(new URL("/session/alive", server.url), {
    headers: headersOf({}),
    signal: page.signal,
  });
  held.catch(() => {});
  setTimeout(() => page.abort(), 100);
  await expect(answered).rejects.toThrow("page ended");
});

test("an error in the page is the job's error, with its remedy", async () => {
  const { answered, id } = await handedOut(probe);
  const error = {
    name: "InputError",
    message: "no such thing",
    remedy: "take another",
    stack: null,
  };
  await send({ kind: "result", job: id, outcome: { ok: false, error } });
  await expect(answered).rejects.toMatchObject({
    message: "no such thing",
    remedy: "take another",
  });
});

test("the page is told where the report is once the run has ended", async () => {
  await send(hello);
  void session.conclude("done", "/case/x/report.html", 5000);
  expect(await next()).toEqual({ kind: "end", words: "done", report: "/case/x/report.html" });
});
