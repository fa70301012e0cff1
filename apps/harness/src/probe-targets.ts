import os from "node:os";
import type { Availability } from "@sebench/runtime";
import type { OpenHosts } from "./hosts.ts";
import type { ProbedTarget } from "./plan.ts";
import type { NotProvided } from "./provide.ts";
import { engineOptionsOf, type RunOptions } from "./run-options.ts";
import type { Target } from "./runtimes.ts";

/** Longest that a probe may take where `--timeout` does not allow more, browser's start included. */
const defaultTimeoutMs = 60_000;

export interface ProbeContext {
  readonly options: RunOptions;
  readonly hosts: OpenHosts;
  readonly signal: AbortSignal;
  /** What could not be fetched, which a runtime that is not available then mentions. */
  readonly notProvided: readonly NotProvided[];
}

/** Nothing is timed: as many at a time as there are cores, but no crowd of browsers. */
const atATime = Math.min(os.availableParallelism(), 4);

/** Asks each runtime whether it can run here. */
export async function probeTargets(context: ProbeContext): Promise<ProbedTarget[]> {
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
  const availability = await host.probe(target.runtime, engineOptionsOf(options), watch);
  const failure = notProvided.find(({ runtimes }) => runtimes.includes(target.runtime));
  return { ...target, availability: mention(availability, failure) };
}

function mention(availability: Availability, failure: NotProvided | undefined): Availability {
  if (availability.ok || failure === undefined) return availability;
  return { ...availability, reason: `${availability.reason} (${failure.reason})` };
}
