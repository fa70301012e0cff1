import { InputError, parseNetworkName } from "@sebench/spec";
import { seName } from "../plan.ts";
import { readRunOptions, type RunFlags, type RunOptions } from "../run-options.ts";
import type { Target } from "../runtimes.ts";

/** The flags of a command that looks into one network on one runtime, as the command line gives them. */
export interface StudyFlags extends Omit<
  RunFlags,
  "network" | "runtime" | "host" | "batch" | "precision"
> {
  readonly network: string;
  readonly runtime: string;
  readonly host?: string;
  readonly batch: string;
}

/** The options, with one target: a runtime that has several hosts is taken on the first. */
export function readStudyOptions(flags: StudyFlags): RunOptions & { readonly targets: [Target] } {
  const { network, runtime, host, batch, ...others } = flags;
  if (parseNetworkName(network).se === null) {
    throw new InputError(`${network} has no squeeze-and-excitation`, {
      remedy: `give --network ${seName(network)}, or another network with SE`,
    });
  }
  const options = readRunOptions({
    ...others,
    network: [network],
    runtime: [runtime],
    batch: [batch],
    ...(host === undefined ? {} : { host: [host] }),
  });
  requireOne("--network", options.selection.networks!);
  requireOne("--batch", options.selection.batches!);
  const runtimes = options.targets.map((target) => target.runtime);
  requireOne("--runtime", [...new Set(runtimes)]);
  return { ...options, targets: [options.targets[0]!] };
}

/** Throws an `InputError` for a flag of several values. */
export function requireOne(flag: string, items: readonly unknown[]): void {
  if (items.length === 1) return;
  throw new InputError(`${flag} names ${items.length}, and this looks at one at a time`, {
    remedy: `give one, such as ${flag} ${items[0]}`,
  });
}
