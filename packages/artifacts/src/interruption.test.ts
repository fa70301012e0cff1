import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Pin } from "./artifact.ts";
import { fetchArtifact } from "./fetch-artifact.ts";
import { type FileServer, serveFile } from "./testing/file-server.ts";
import { artifactOf, pinOf, sampleContent } from "./testing/sample-artifact.ts";

const content = sampleContent(300_000);
const pin = pinOf(content);
let cacheDirectory: string;
let server: FileServer;

beforeEach(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), "sebench-interruption-"));
  server = await serveFile(content);
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(cacheDirectory, { recursive: true });
});

const sample = () => artifactOf([{ what: "the server", url: server.url, pin }]);

async function fetchSample(signal = new AbortController().signal): Promise<Pin> {
  const folder = await fetchArtifact(sample(), { cacheDirectory, onProgress() {}, signal });
  return pinOf(await readFile(join(folder, "content")));
}

async function breakFetch(): Promise<void> {
  server.behaviour = { upTo: 100_000 };
  await expect(fetchSample()).rejects.toThrow("the server: ");
  server.behaviour = {};
}

/** The names in the cache's folder of artifacts. */
const cached = () => readdir(join(cacheDirectory, "artifacts"));

function startProcess(): ChildProcess {
  const script = fileURLToPath(new URL("testing/fetching-process.ts", import.meta.url));
  const job = [cacheDirectory, server.url, pin.integrity, String(pin.byteLength)];
  const flags = ["--import", "tsx", script, ...job];
  return spawn(process.execPath, flags, { stdio: "ignore", cwd: import.meta.dirname });
}

/** Waits until the file that a fetch writes to holds this many bytes. */
async function untilPartHolds(byteLength: number): Promise<void> {
  for (;;) {
    const names = await cached().catch(() => []);
    const part = names.find((name) => name.includes(".part"));
    const held = part
      ? await readFile(join(cacheDirectory, "artifacts", part)).catch(() => null)
      : null;
    if (held?.length === byteLength) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("a fetch that was interrupted", () => {
  it("goes on where the connection broke", async () => {
    await breakFetch();
    expect(await fetchSample()).toEqual(pin);
    expect(server.ranges).toEqual([null, "bytes=100000-"]);
    expect(await cached()).toEqual(["sample-1.0.0"]);
  });

  it("goes on where the person stopped it", async () => {
    server.behaviour = { upTo: 100_000, ending: "stall" };
    const controller = new AbortController();
    const fetching = fetchSample(controller.signal);
    void untilPartHolds(100_000).then(() => controller.abort(new Error("interrupted")));
    await expect(fetching).rejects.toThrow("interrupted");
    server.behaviour = {};
    expect(await fetchSample()).toEqual(pin);
    expect(server.ranges).toEqual([null, "bytes=100000-"]);
  });

  it("goes on where its process was killed, and removes what that left", async () => {
    server.behaviour = { upTo: 100_000, ending: "stall" };
    const child = startProcess();
    await untilPartHolds(100_000);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await cached()).toHaveLength(2);
    server.behaviour = {};
    expect(await fetchSample()).toEqual(pin);
    expect(server.ranges).toEqual([null, "bytes=100000-"]);
    expect(await cached()).toEqual(["sample-1.0.0"]);
  });

  it("begins anew where the server sends whole files only", async () => {
    await breakFetch();
    server.behaviour = { ranges: false };
    expect(await fetchSample()).toEqual(pin);
  });

  it("begins anew where what it has is damaged", async () => {
    await breakFetch();
    const [part] = await cached();
    await writeFile(join(cacheDirectory, "artifacts", part!), "damaged");
    expect(await fetchSample()).toEqual(pin);
    expect(server.ranges).toEqual([null, "bytes=7-", null]);
  });
});

describe("two fetches at once", () => {
  it("both end well in one process", async () => {
    expect(await Promise.all([fetchSample(), fetchSample()])).toEqual([pin, pin]);
    expect(await cached()).toEqual(["sample-1.0.0"]);
  });

  it("both end well in two", async () => {
    const exits = [startProcess(), startProcess()].map((child) => once(child, "exit"));
    expect(await Promise.all(exits)).toEqual([
      [0, null],
      [0, null],
    ]);
    expect(await fetchSample()).toEqual(pin);
    expect(await cached()).toEqual(["sample-1.0.0"]);
  });

  it("leave alone what the other is unpacking", async () => {
    server.behaviour = { upTo: 100_000, ending: "stall" };
    const child = startProcess();
    await untilPartHolds(100_000);
    const before = await cached();
    server.behaviour = {};
    expect(await fetchSample()).toEqual(pin);
    expect(await cached()).toEqual(expect.arrayContaining(before));
    child.kill("SIGKILL");
    await once(child, "exit");
  });
});

describe("what lies where the artifact belongs", () => {
  it("is replaced where it is not whole", async () => {
    await mkdir(join(cacheDirectory, "artifacts/sample-1.0.0/half"), { recursive: true });
    expect(await fetchSample()).toEqual(pin);
  });
});
