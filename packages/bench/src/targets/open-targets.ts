import os from "node:os";
import { type Provision, defaultCacheDirectory } from "@sebench/artifacts";
import { type HostChoice, type OpenHosts, openHosts, type Target } from "@sebench/hosts";
import { JobError } from "@sebench/jobs";
import type { Availability, RuntimeId } from "@sebench/runtime";
import { onnxruntimeNodeProvisions } from "@sebench/runtime-onnxruntime-node/provision";
import { tfjsNodeProvisions } from "@sebench/runtime-tfjs-node/provision";
import type { ProbedTarget } from "../plan/case-plan.ts";
import { type RunOptions, engineOptionsOf } from "../plan/options.ts";

/** The open hosts, and the answer of each runtime that was asked whether it can run. */
export interface OpenTargets extends AsyncDisposable {
  readonly hosts: OpenHosts;
  readonly targets: readonly ProbedTarget[];
}

/** What ends the opening, and who is told what is fetched, a line at a time. */
export interface TargetsWatch {
  readonly signal: AbortSignal;
  readonly tell: (line: string) => void;
}

/**
 * Fetches what the targets need, if the options allow it, opens their hosts and
 * asks each runtime whether it can run. Disposing closes the hosts.
 */
export async function openTargets(
  options: RunOptions & Pick<HostChoice, "device">,
  { signal, tell }: TargetsWatch,
): Promise<OpenTargets> {
  const watch = { onProgress: tell, signal };
  const notProvided = options.fetch ? await provide(allProvisions, options.targets, watch) : [];
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

/**
 * The longest that a probe may take where `--timeout` does not allow more, in milliseconds. It
 * covers the start of a browser.
 */
const defaultTimeoutMs = 60_000;

interface ProbeContext {
  readonly options: RunOptions;
  readonly hosts: OpenHosts;
  readonly signal: AbortSignal;
  /** The needs that could not be fetched, which the reason of an unavailable runtime mentions. */
  readonly notProvided: readonly NotProvided[];
}

/**
 * The number of probes that run at once, as nothing is timed: one on each core, but no crowd of
 * browsers.
 */
const atATime = Math.min(os.availableParallelism(), 4);

/** Asks each runtime whether it can run here. */
async function probeTargets(context: ProbeContext): Promise<ProbedTarget[]> {
  const { targets } = context.options;
  const probed = new Map<Target, ProbedTarget>();
  const waiting = targets.values();
  const probeWaiting = async () => {
    for (const target of waiting) probed.set(target, await probe(context, target));
  };
  await Promise.all(Array.from({ length: atATime }, probeWaiting));
  return targets.map((target) => probed.get(target)!);
}

async function probe(context: ProbeContext, target: Target): Promise<ProbedTarget> {
  const { options, hosts, signal, notProvided } = context;
  const timeoutMs = Math.max(defaultTimeoutMs, (options.timeoutSeconds ?? 0) * 1000);
  const watch = { signal, timeoutMs, onProgress: () => {} };
  const host = hosts.of(target.host);
  const { runtime } = target;
  const availability = await host
    .run({ kind: "probe", runtime, engine: engineOptionsOf(options) }, watch)
    .catch((error: unknown) => {
      signal.throwIfAborted();
      return unavailable(error, host.remedy);
    });
  const failure = notProvided.find(({ runtimes }) => runtimes.includes(target.runtime));
  return { ...target, availability: mention(availability, failure) };
}

function mention(availability: Availability, failure: NotProvided | undefined): Availability {
  if (availability.ok || failure === undefined) return availability;
  return { ...availability, reason: `${availability.reason} (${failure.reason})` };
}

/** The answer of a probe that itself failed. */
function unavailable(error: unknown, remedy: string): Availability {
  const reason = error instanceof Error ? error.message : String(error);
  const own = error instanceof JobError ? error.remedy : null;
  return { ok: false, reason, remedy: own ?? remedy };
}

/** Everything beyond npm packages that a runtime needs and that can be fetched. */
const allProvisions: readonly Provision[] = [...tfjsNodeProvisions, ...onnxruntimeNodeProvisions];

interface ProvideOptions {
  /** Receives the progress, a line at a time, in words for a person. */
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
  /** The folder of fetched things. The default is the user's. */
  readonly cacheDirectory?: string;
}

/** Runtimes whose needs could not be fetched, and why. */
interface NotProvided {
  readonly runtimes: readonly string[];
  readonly reason: string;
}

/**
 * Fetches what the targets need and this machine lacks. A fetch that fails
 * breaks nothing: the runtime's own probe then says what it misses.
 */
async function provide(
  provisions: readonly Provision[],
  targets: readonly Target[],
  { onProgress, signal, cacheDirectory = defaultCacheDirectory() }: ProvideOptions,
): Promise<NotProvided[]> {
  const wanted = new Set<RuntimeId>(targets.map(({ runtime }) => runtime));
  const failures: NotProvided[] = [];
  for (const { name, runtimes, missing, fetch } of provisions) {
    if (!runtimes.some((id) => wanted.has(id as RuntimeId))) continue;
    try {
      const what = await missing(cacheDirectory);
      if (what === null) continue;
      onProgress(`fetching ${name}: ${what}`);
      await fetch({ cacheDirectory, onProgress: (line) => onProgress(`  ${line}`), signal });
    } catch (error) {
      signal.throwIfAborted();
      const reason = `${name} could not be fetched: ${(error as Error).message}`;
      onProgress(reason);
      failures.push({ runtimes, reason });
    }
  }
  return failures;
}
