import type { RunOptions, SoakChoice } from "@sebench/bench";
import { readNumber } from "@sebench/cli";
import type { Target } from "@sebench/hosts";
import {
  seName,
  InputError,
  parseNetworkName,
  shellQuoted,
  splitNetworkNames,
} from "@sebench/spec";
import { readRunOptions, type RunFlags } from "./run-flags.ts";

/** The flags of a command that looks into one network on one runtime, as the command line gives them. */
export interface StudyFlags extends Omit<
  RunFlags,
  "network" | "runtime" | "host" | "batch" | "size" | "precision"
> {
  /** The network with SE, where no model's file is named. */
  readonly network?: string;
  readonly runtime: string;
  readonly host?: string;
  /** The images of one run of the network. */
  readonly batch?: string;
  readonly size?: string;
}

/**
 * The options of a study, with one target. A runtime that has several hosts is taken on the first.
 */
export function readStudyOptions(flags: StudyFlags): RunOptions & { readonly targets: [Target] } {
  const { network, runtime, host, batch, size, ...others } = flags;
  requireSubject(flags);
  const options = readRunOptions({
    ...others,
    ...(network === undefined ? {} : { network: [network] }),
    runtime: [runtime],
    ...(flags.model === undefined ? { batch: [batch ?? "1"] } : batch && { batch: [batch] }),
    ...(host === undefined ? {} : { host: [host] }),
    ...(size === undefined ? {} : { size: [size] }),
  });
  if (options.models !== null) requireOne("--model", options.models.paths);
  requireOne("--batch", options.selection.batches ?? ["1"]);
  if (size !== undefined) requireOne("--size", options.selection.imageSizes!);
  const runtimes = options.targets.map((target) => target.runtime);
  requireOne("--runtime", [...new Set(runtimes)]);
  return { ...options, targets: [options.targets[0]!] };
}

/** Throws an `InputError` unless the flags name a network with SE, or a model's file. */
function requireSubject({ network, model }: StudyFlags): void {
  if (network === undefined && model === undefined) {
    throw new InputError("neither a network nor a model's file is named", {
      remedy: "give --network, such as --network se-resnet50, or --model FILE",
    });
  }
  if (network === undefined) return;
  if (model !== undefined) {
    throw new InputError("--network and --model are both named, and this looks at one at a time", {
      remedy: "leave one of them out",
    });
  }
  const names = splitNetworkNames(network);
  requireOne("--network", names);
  if (parseNetworkName(network).se !== null) return;
  throw new InputError(`${network} has no squeeze-and-excitation`, {
    remedy: `give --network ${shellQuoted(seName(network))}, or another network with SE`,
  });
}

/** Throws an `InputError` for a flag that has several values. */
export function requireOne(flag: string, items: readonly unknown[]): void {
  if (items.length === 1) return;
  throw new InputError(`${flag} names ${items.length}, and this looks at one at a time`, {
    remedy: `give one, such as ${flag} ${shellQuoted(String(items[0]))}`,
  });
}

/** The flags of `explain`, as the command line gives them. */
export interface ExplainFlags extends StudyFlags {
  /** The file for a trace, as Perfetto and speedscope open it. */
  readonly trace?: string;
  /** The file for the times of the nodes, as Model Explorer opens it. */
  readonly nodeData?: string;
}

/**
 * The seconds of a study whose budget nobody gives: for the replicas, and for the search of one
 * case.
 */
const usualBudgets = { explain: "60", tune: "120" };

/** The checked options of `explain`. Throws an `InputError` for what cannot be explained. */
export function readExplainOptions(flags: ExplainFlags): RunOptions {
  const options = readStudyOptions({ budget: usualBudgets.explain, ...flags });
  const { lowerings } = options.selection;
  if (lowerings !== null) requireOne("--lowering", lowerings);
  return options;
}

export type TuneFlags = Omit<
  RunFlags,
  "profile" | "shard" | "resume" | "weights" | "plainWeights" | "weightsPrefix" | "lowering"
>;

/** The checked flags of `tune`. */
export function readTuneRequest(flags: TuneFlags): RunOptions {
  if (flags.runtime === undefined) {
    throw new InputError("tune needs to know which runtime", {
      remedy: "give --runtime, such as onnxruntime-node/cpu",
    });
  }
  const hasNetworks = flags.network !== undefined || flags.networkSet !== undefined;
  if (!hasNetworks && flags.model === undefined) {
    throw new InputError("tune needs to know which network", {
      remedy: "give --network, such as se-resnet50, or --model FILE",
    });
  }
  // The lowering is any one, so that there is one case for each pair; the search goes through all
  // lowerings.
  const lowering = hasNetworks ? { lowering: ["conv1x1"] } : {};
  return readRunOptions({ budget: usualBudgets.tune, ...flags, ...lowering });
}

/** The flags of `soak`, as the command line gives them. */
export interface SoakFlags extends Omit<
  RunFlags,
  "profile" | "shard" | "resume" | "budget" | "starts" | "config" | "networkSet"
> {
  readonly runs: string;
  readonly maxGrowth: string;
}

/** The checked flags of `soak`. */
export function readSoakChoice({ runs, maxGrowth, ...flags }: SoakFlags): SoakChoice {
  return {
    options: readRunOptions(flags),
    runs: readNumber("--runs", runs, { from: 2, to: 10_000_000 }),
    mostGrowth: 1024 * readNumber("--max-growth", maxGrowth, { from: 0, to: 1e6, whole: false }),
  };
}
