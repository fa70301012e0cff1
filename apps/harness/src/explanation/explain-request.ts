import { InputError, parseNetworkName } from "@sebench/spec";
import { seName } from "../plan.ts";
import { readRunOptions, type RunFlags, type RunOptions } from "../run-options.ts";
import type { Target } from "../runtimes.ts";

/** The flags of `explain`, as the command line gives them. */
export interface ExplainFlags extends Omit<
  RunFlags,
  "network" | "runtime" | "host" | "batch" | "precision"
> {
  readonly network: string;
  readonly runtime: string;
  readonly host?: string;
  readonly batch: string;
}

/** What is asked, with all that can be wrong with it found out. */
export interface ExplainRequest {
  readonly options: RunOptions;
  readonly target: Target;
}

/** Time for the replicas where nobody says so, in seconds. */
const usualBudget = "60";

/** Throws an `InputError` for what cannot be done. */
export function readExplainRequest(flags: ExplainFlags): ExplainRequest {
  const { network, runtime, host, batch, budget = usualBudget, ...others } = flags;
  requireSe(network);
  const options = readRunOptions({
    ...others,
    budget,
    network: [network],
    runtime: [runtime],
    batch: [batch],
    ...(host === undefined ? {} : { host: [host] }),
  });
  requireOne("--network", options.selection.networks!);
  requireOne("--batch", options.selection.batches!);
  if (options.selection.lowerings) requireOne("--lowering", options.selection.lowerings);
  const target = onlyTarget(options);
  return { options: { ...options, targets: [target] }, target };
}

function requireSe(network: string): void {
  if (parseNetworkName(network).se !== null) return;
  throw new InputError(`${network} has no squeeze-and-excitation: there is nothing to explain`, {
    remedy: `give --network ${seName(network)}, or another network with SE`,
  });
}

function requireOne(flag: string, items: readonly unknown[]): void {
  if (items.length === 1) return;
  throw new InputError(`${flag} names ${items.length}, and one case is explained at a time`, {
    remedy: `give ${flag} one`,
  });
}

/** A runtime that has several hosts is taken on the first. */
function onlyTarget({ targets }: RunOptions): Target {
  const [first] = targets;
  const others = targets.filter(({ runtime }) => runtime !== first!.runtime);
  if (others.length === 0) return first!;
  throw new InputError("one case is explained at a time, and several runtimes are named", {
    remedy: `give one, such as --runtime ${first!.runtime}`,
  });
}
