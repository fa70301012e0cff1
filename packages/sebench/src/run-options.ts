import { byProfile, type RunOptions, type TargetsWatch } from "@sebench/bench";
import type { WatchOptions } from "./watch-options.ts";

/** What `bench run` would be asked for, where the API leaves it to the defaults. */
export function runOptions(
  asked: Pick<RunOptions, "targets"> & Partial<RunOptions>,
  { fetch = true, browser }: WatchOptions,
): RunOptions {
  return {
    profile: null,
    models: null,
    targetsNamed: true,
    selection: byProfile,
    weights: { kind: "shipped" },
    threads: null,
    tf32: true,
    timeoutSeconds: null,
    starts: null,
    seed: null,
    shard: null,
    resume: null,
    out: null,
    fetch,
    browser: { path: browser ?? null, headed: false, port: 0 },
    ...asked,
  };
}

/** What ends the work, and who is told of it: nothing and nobody by default. */
export function watchOf({ signal, onProgress }: WatchOptions): TargetsWatch {
  return {
    signal: signal ?? new AbortController().signal,
    tell: onProgress ?? (() => {}),
  };
}
