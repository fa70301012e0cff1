import { type ChildProcess, spawnSync } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser } from "playwright";

/** The processes of the browsers that run, which Playwright does not tell. */
const processes = new WeakMap<Browser, ChildProcess>();
let count = 0;

export interface HoldOptions {
  /** The signal that ends a browser that is still starting. */
  readonly signal?: AbortSignal | undefined;
  /** Takes the folder of the profile that Playwright makes for the browser. */
  readonly onProfile?: (folder: string) => void;
}

/**
 * Starts a browser and keeps hold of its process, so that it can be ended where it answers no more,
 * also before it has answered at all.
 *
 * @param launch starts the browser with a switch that tells its process from others
 */
export async function holdBrowser(
  launch: (mark: string) => Promise<Browser>,
  { signal, onProfile = () => {} }: HoldOptions,
): Promise<Browser> {
  signal?.throwIfAborted();
  count += 1;
  const mark = `--sebench-browser=${process.pid}-${count}`;
  const started: ChildProcess[] = [];
  const own = () => started.find(({ spawnargs }) => spawnargs?.includes(mark));
  const end = () => killGroup(own());
  const look = () => {
    const profile = profileOf(own());
    if (profile !== null) onProfile(profile);
    if (signal?.aborted) end();
  };
  const note = (message: unknown) => {
    started.push((message as { readonly process: ChildProcess }).process);
    // Node tells of a process before it has the arguments.
    setImmediate(look);
  };
  subscribe("child_process", note);
  signal?.addEventListener("abort", end);
  try {
    const browser = await launch(mark);
    const child = own();
    if (child !== undefined) processes.set(browser, child);
    return browser;
  } finally {
    unsubscribe("child_process", note);
    signal?.removeEventListener("abort", end);
  }
}

function profileOf(child: ChildProcess | undefined): string | null {
  const prefix = "--user-data-dir=";
  const found = child?.spawnargs.find((argument) => argument.startsWith(prefix));
  return found?.slice(prefix.length) ?? null;
}

/** The time in which a browser that is well closes, and then in which one that was killed ends. */
const usualGraceMs = 3000;

/**
 * Ends a browser: it is asked to close, and where it does not, all of its processes are killed.
 *
 * @param graceMs the time to close by itself, in milliseconds; 0 kills at once
 */
export async function endBrowser(browser: Browser, graceMs = usualGraceMs): Promise<void> {
  const closed = browser.close().catch(() => {});
  if (await isDoneWithin(closed, graceMs)) return;
  killGroup(processes.get(browser));
  await isDoneWithin(closed, usualGraceMs);
}

/** Kills a process and those that it has started, which a hanging one would not end itself. */
export function killGroup(child: ChildProcess | undefined): void {
  if (child?.pid === undefined) return;
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(child.pid), "/T", "/F"], { windowsHide: true });
    return;
  }
  try {
    // Playwright starts a browser as the leader of a group of its own.
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group has ended.
  }
}

/** Whether a promise is settled before the time is over, in milliseconds. */
export async function isDoneWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const stop = new AbortController();
  const late = sleep(ms, false, { signal: stop.signal }).catch(() => false);
  const done = promise.then(
    () => true,
    () => true,
  );
  const isDone = await Promise.race([done, late]);
  stop.abort();
  return isDone;
}

/** A browser for several pages at once, which starts when the first page asks for it. */
export interface SharedBrowser {
  /** Lends the browser to `use`. A browser that has ended, or did not start, is started anew. */
  use<Answer>(use: (browser: Browser) => Promise<Answer>): Promise<Answer>;
  /** Ends the browser, where it runs or starts; a later use starts another. */
  close(): Promise<void>;
}

export function sharedBrowser(launch: (signal: AbortSignal) => Promise<Browser>): SharedBrowser {
  let launched: Promise<Browser> | null = null;
  let stop = new AbortController();
  return {
    async use(use) {
      const earlier = launched;
      const running = await earlier?.catch(() => null);
      // Another use may have started a browser meanwhile, which then serves this one too.
      if (launched === earlier && !running?.isConnected()) {
        stop = new AbortController();
        launched = launch(stop.signal);
      }
      return use(await launched!);
    },
    async close() {
      const closing = launched;
      launched = null;
      if (closing === null) return;
      stop.abort(new Error("the shared browser is closed"));
      await isDoneWithin(
        closing.then((browser) => endBrowser(browser)),
        3 * usualGraceMs,
      );
    },
  };
}
