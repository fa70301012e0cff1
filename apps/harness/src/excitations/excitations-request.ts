import type { Dataset } from "@sebench/datasets";
import { InputError, parseNetworkName } from "@sebench/spec";
import { buildMember } from "../build-pair.ts";
import type { BuiltMember } from "../checkpoint-member.ts";
import { type DatasetFlags, openAsked } from "../dataset-flags.ts";
import type { ImageRange } from "../infer/image-range.ts";
import { type AskedPair, openPair } from "../open-pair.ts";
import { seName } from "../plan.ts";
import { readRunOptions, type RunFlags, type RunOptions } from "../run-options.ts";
import type { Target } from "../runtimes.ts";
import { readClasses } from "./drawn-classes.ts";

/** The flags of `excitations`, as the command line gives them. */
export interface ExcitationsFlags
  extends
    Omit<RunFlags, "network" | "runtime" | "host" | "batch" | "precision" | "plainWeights">,
    DatasetFlags {
  readonly network: string;
  readonly runtime: string;
  readonly host?: string;
  readonly batch: string;
  readonly classes?: readonly string[];
}

/** What is asked, with all that can be wrong with it found out. */
export interface ExcitationsRequest {
  readonly options: RunOptions;
  readonly target: Target;
  readonly pair: AskedPair;
  readonly member: BuiltMember;
  readonly dataset: Dataset;
  readonly range: ImageRange;
  readonly batch: number;
  /** Labels of the classes to draw; null for the first that are seen. */
  readonly classes: readonly number[] | null;
}

/** Throws an `InputError` for what cannot be done. */
export async function readExcitationsRequest(flags: ExcitationsFlags): Promise<ExcitationsRequest> {
  const { network, runtime, host, batch, classes, ...others } = flags;
  requireSe(network);
  const options = readRunOptions({
    ...others,
    network: [network],
    runtime: [runtime],
    batch: [batch],
    ...(host === undefined ? {} : { host: [host] }),
  });
  const target = onlyTarget(options);
  const pair = await openPair(network, options);
  const member = await buildMember(pair.description, "se");
  const { dataset, ...range } = await openAsked(flags, member.network, pair.description.imageSize);
  return {
    options: { ...options, targets: [target] },
    target,
    pair,
    member,
    dataset,
    range: { ...range, first: 0 },
    batch: options.selection.batches![0]!,
    classes: classes === undefined ? null : readClasses(classes, dataset.classes),
  };
}

function requireSe(network: string): void {
  if (parseNetworkName(network).se !== null) return;
  throw new InputError(`${network} has no squeeze-and-excitation`, {
    remedy: `give --network ${seName(network)}, or another network with SE`,
  });
}

/** A runtime that has several hosts is taken on the first. */
function onlyTarget({ targets }: RunOptions): Target {
  const [first] = targets;
  const others = targets.filter(({ runtime }) => runtime !== first!.runtime);
  if (others.length === 0) return first!;
  throw new InputError("the excitations are read on one runtime, and several are named", {
    remedy: `give one, such as --runtime ${first!.runtime}`,
  });
}
