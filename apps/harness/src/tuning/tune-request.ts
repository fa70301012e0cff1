import { InputError } from "@sebench/spec";
import { readRunOptions, type RunFlags, type RunOptions } from "../run-options.ts";

export type TuneFlags = Omit<
  RunFlags,
  "profile" | "shard" | "resume" | "weights" | "plainWeights" | "lowering"
>;

/** Time for the search of one case where nobody says so, in seconds. */
const usualBudget = "120";

/** The flags of `tune`, checked. */
export function readTuneRequest(flags: TuneFlags): RunOptions {
  if (flags.runtime === undefined) {
    throw new InputError("tune needs to know which runtime", {
      remedy: "give --runtime, such as onnxruntime-node/cpu",
    });
  }
  if (flags.network === undefined && flags.networkSet === undefined) {
    throw new InputError("tune needs to know which network", {
      remedy: "give --network, such as se-resnet50",
    });
  }
  // One case for each pair, in any lowering: the search goes through them all.
  return readRunOptions({ budget: usualBudget, ...flags, lowering: ["conv1x1"] });
}
