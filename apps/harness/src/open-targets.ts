import { say } from "@sebench/cli";
import { type OpenHosts, openHosts } from "./hosts.ts";
import type { ProbedTarget } from "./plan.ts";
import { probeTargets } from "./probe-targets.ts";
import { provide } from "./provide.ts";
import { provisions } from "./provisions.ts";
import type { RunOptions } from "./run-options.ts";

/** The hosts that are open, and what each runtime asked for answered. */
export interface OpenTargets extends AsyncDisposable {
  readonly hosts: OpenHosts;
  readonly targets: readonly ProbedTarget[];
}

/**
 * Fetches what the targets need, if the options allow it, opens their hosts and
 * asks each runtime whether it can run. Disposing closes the hosts.
 */
export async function openTargets(options: RunOptions, signal: AbortSignal): Promise<OpenTargets> {
  const watch = { onProgress: say, signal };
  const notProvided = options.fetch ? await provide(provisions, options.targets, watch) : [];
  const hosts = await openHosts(options, watch);
  const close = () => hosts[Symbol.asyncDispose]();
  try {
    const targets = await probeTargets({ options, hosts, signal, notProvided });
    return { hosts, targets, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
