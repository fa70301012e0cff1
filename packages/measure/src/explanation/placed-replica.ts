import { InputError } from "@sebench/spec";
import type { Member } from "../measurement/measurement.ts";
import { mean } from "../statistics/trimmed-mean.ts";
import {
  type KernelPart,
  type NamedNodes,
  placeKernels,
  type PlacedKernel,
} from "./kernel-part.ts";
import { latencyMs, type ProfiledReplica } from "./profiled-replica.ts";

/** A replica, kernel by kernel. */
export interface PlacedReplica {
  readonly kernels: Readonly<Record<Member, readonly PlacedKernel[]>>;
  readonly latencyMs: Readonly<Record<Member, number>>;
  readonly profiledMs: Readonly<Record<Member, number>>;
}

/** A kernel with the mean of its time over replicas, in milliseconds. */
export type MeanKernel = Omit<PlacedKernel, "inputs">;

/** Gives each kernel of a replica its part. */
export function placeReplica(
  { members: { plain, se }, profiles }: ProfiledReplica,
  networks: Readonly<Record<Member, NamedNodes>>,
): PlacedReplica {
  const [plainKernels, seKernels] = [profiles.plain.kernels, profiles.se.kernels];
  return {
    kernels: {
      plain: placeKernels(plainKernels, networks.plain, seKernels),
      se: placeKernels(seKernels, networks.se, plainKernels),
    },
    latencyMs: { plain: latencyMs(plain.samplesMs), se: latencyMs(se.samplesMs) },
    profiledMs: { plain: profiles.plain.runMs, se: profiles.se.runMs },
  };
}

/** Throws an `InputError` where no kernel of a replica belongs to SE. */
export function requireSe({ kernels }: PlacedReplica): void {
  const own: ReadonlySet<KernelPart> = new Set(["squeeze", "excite", "scale"]);
  if (kernels.se.some(({ part }) => own.has(part))) return;
  throw new InputError("the engine's profile shows no kernel of squeeze, excite or scale", {
    remedy: "take a runtime that runs the network node by node, such as onnxruntime-node/cpu",
  });
}

/**
 * The kernels of the first replica, with the mean times of the replicas that ran the same ones. What
 * an engine has added has another name in each session: `ReorderOutput_token_3`.
 */
export function meanKernels(placed: readonly PlacedReplica[], member: Member): MeanKernel[] {
  const first = placed[0]!.kernels[member];
  const alike = placed
    .map(({ kernels }) => kernels[member])
    .filter(
      (kernels) =>
        kernels.length === first.length &&
        kernels.every(({ of, op }, at) => of === first[at]!.of && op === first[at]!.op),
    );
  return first.map(({ node, of, op, part, stage, block }, at) => {
    const ms = mean(alike.map((kernels) => kernels[at]!.ms));
    return { node, of, op, part, stage, block, ms };
  });
}
