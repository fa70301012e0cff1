import { openTargets, selectTargets } from "@sebench/bench";
import type { Availability, Host, RuntimeId } from "@sebench/runtime";
import { runOptions, watchOf } from "./run-options.ts";
import type { WatchOptions } from "./watch-options.ts";

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
