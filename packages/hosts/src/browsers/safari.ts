import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { JobError } from "@sebench/jobs";
import { z } from "zod";
import { runCommand } from "../processes/command.ts";
import type { ProgramMissing } from "../processes/program.ts";
import { type BrowserGroup, startGroup } from "../session/browser-group.ts";
import type { OpenOptions, SelfDrivenBrowser } from "../session/session-host.ts";

/**
 * Finds Safari, which macOS has, and its driver. It has been written by the W3C's WebDriver and
 * Apple's documentation, and has not been run: the way through the driver is tested with WebKitGTK's.
 */
export async function findSafari(): Promise<SelfDrivenBrowser | ProgramMissing> {
  if (process.platform !== "darwin") {
    const remedy = "run it on a Mac; --host webkit takes WebKitGTK, which has Safari's engine";
    return { ok: false, reason: "Safari is on macOS alone", remedy };
  }
  try {
    const output = await runCommand("safaridriver", ["--version"], { timeLimitMs: 20_000 });
    const version = /Safari (\d+(?:\.\d+)+)/.exec(output)?.[1];
    if (version === undefined) throw new Error(`it answers "${output.trim().split("\n", 1)[0]}"`);
    return safari(version);
  } catch (cause) {
    const reason = `safaridriver does not start: ${(cause as Error).message}`;
    return { ok: false, reason, remedy: allowing };
  }
}

const allowing =
  "run `safaridriver --enable` once, and allow remote automation in Safari's settings";

function safari(version: string): SelfDrivenBrowser {
  return {
    name: "safari",
    version,
    remedy: allowing,
    // A window that a driver opens has no extensions, no history and no sync.
    quiet: ["a window of its own under automation"],
    settings: {},
    whyUnsandboxed: "not told",
    open: (address, options) =>
      openByDriver({ command: "safaridriver", capabilities: { browserName: "safari" } }, address, {
        ...options,
        environment: process.env,
      }),
  };
}

/** A program that opens windows of a browser, by the W3C's WebDriver. */
export interface WebDriver {
  readonly command: string;
  /** What is asked of the session. */
  readonly capabilities: Readonly<Record<string, unknown>>;
}

/** The time for a driver to listen, and for a window to open, in milliseconds. */
const driverLimitMs = 20_000;
const openLimitMs = 60_000;

const created = z.object({ value: z.object({ sessionId: z.string() }) });
const refused = z.object({ value: z.object({ message: z.string() }) });

/** Opens an address in a window of a driver's session, which ends with the driver. */
export async function openByDriver(
  { command, capabilities }: WebDriver,
  address: string,
  {
    signal,
    environment,
  }: Pick<OpenOptions, "signal"> & {
    readonly environment: Readonly<Record<string, string | undefined>>;
  },
): Promise<BrowserGroup> {
  const port = await freePort();
  const group = startGroup(command, [`--port=${port}`], { signal, environment });
  const base = `http://127.0.0.1:${port}`;
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(base + path, {
      method,
      signal: AbortSignal.any([signal, AbortSignal.timeout(openLimitMs)]),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: { "content-type": "application/json" },
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer;
    const { data } = refused.safeParse(answer);
    throw new JobError(`${command} refuses: ${data?.value.message ?? response.status}`, {
      remedy: allowing,
    });
  };
  try {
    await untilListening(() => ask("GET", "/status"), group.ended, command);
    const session = await ask("POST", "/session", { capabilities: { alwaysMatch: capabilities } });
    const path = `/session/${created.parse(session).value.sessionId}`;
    await ask("POST", `${path}/url`, { url: address });
    return {
      ...group,
      async [Symbol.asyncDispose]() {
        // A driver that is killed may leave the window of its session open.
        await ask("DELETE", path).catch(() => {});
        await group[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await group[Symbol.asyncDispose]();
    throw error;
  }
}

async function untilListening(
  ask: () => Promise<unknown>,
  ended: Promise<string>,
  command: string,
): Promise<void> {
  const endMs = performance.now() + driverLimitMs;
  let over: string | null = null;
  void ended.then((reason) => (over = reason));
  while (performance.now() < endMs) {
    if (over !== null) throw new JobError(`${command}: ${String(over)}`, { remedy: allowing });
    try {
      await ask();
      return;
    } catch {
      await sleep(100);
    }
  }
  throw new JobError(`${command} does not listen within ${driverLimitMs / 1000} s`, {
    remedy: allowing,
  });
}

/** A port of loopback that was free a moment ago: a driver cannot choose one itself. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
