import {
  byProfile,
  openTargets,
  type RunOptions,
  selectTargets,
  type TargetsWatch,
} from "@sebench/bench";
import type { Availability, Host, RuntimeId } from "@sebench/runtime";

/** What may be fetched, who is told of it, and what ends it. */
export interface WatchOptions {
  /**
   * Whether what a runtime needs and this machine lacks may be fetched into the cache:
   * an engine from npm, libraries, a browser.
   */
  readonly fetch?: boolean;
  /** The browser to use, by its path; one is looked for by default. */
  readonly browser?: string;
  /** The signal that ends everything; its reason is then thrown. */
  readonly signal?: AbortSignal;
  /** Hears of what is done, a line at a time, for people. */
  readonly onProgress?: (line: string) => void;
}

export interface ProbeOptions extends WatchOptions {
  /** The runtimes to probe: `onnxruntime-node/cpu`; all by default. */
  readonly runtimes?: readonly RuntimeId[];
  /** The hosts to probe them on; `node` and `chromium` by default. */
  readonly hosts?: readonly Host[];
  /** The longest time that a probe may take, in seconds; 60 by default, and at least that. */
  readonly timeoutSeconds?: number;
}

/** A runtime on a host, and whether this machine has it. */
export interface ProbedRuntime {
  readonly runtime: RuntimeId;
  readonly host: Host;
  /** A version and a device, or a reason and a remedy. */
  readonly availability: Availability;
}

/**
 * Asks each runtime whether it can run here. Nothing is fetched unless `fetch` is true; what
 * is missing is a value, never a throw.
 *
 * @throws InputError for a runtime or a host that is not known
 */
export async function probeRuntimes(options: ProbeOptions = {}): Promise<ProbedRuntime[]> {
  const { runtimes = null, hosts = null, timeoutSeconds = null } = options;
  const asked = runOptions(
    { targets: selectTargets(runtimes, hosts), timeoutSeconds },
    { ...options, fetch: options.fetch ?? false },
  );
  await using opened = await openTargets(asked, watchOf(options));
  return opened.targets.map(({ runtime, host, availability }) => ({ runtime, host, availability }));
}

/** What `bench run` would be asked for, where the API leaves it to the defaults. */
export function runOptions(
  asked: Pick<RunOptions, "targets"> & Partial<RunOptions>,
  { fetch = true, browser }: WatchOptions,
): RunOptions {
  return {
    profile: null,
    targetsNamed: true,
    selection: byProfile,
    weights: { kind: "shipped" },
    threads: null,
    tf32: true,
    timeoutSeconds: null,
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
