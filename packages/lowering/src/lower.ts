import { InputError, type Network } from "@sebench/spec";
import type { Weights } from "@sebench/weights";
import { conv1x1 } from "./conv1x1.ts";
import { gemm } from "./gemm.ts";
import { squeezeFold } from "./squeeze-fold.ts";
import { squeezePushdown } from "./squeeze-pushdown.ts";
import type { LoweredNetwork } from "./lowered.ts";
import type { Lowering, LoweringName } from "./lowering.ts";

/** Total by construction: a name without a rewrite does not compile. */
const lowerings: Readonly<Record<LoweringName, Lowering>> = {
  gemm,
  conv1x1,
  "squeeze-pushdown": squeezePushdown,
  "squeeze-fold": squeezeFold,
};

export const loweringNames = Object.keys(lowerings) as readonly LoweringName[];

/**
 * Writes the SE of a network in canonical form as `name` says. A network
 * without SE stays as it is. Throws an `InputError` where the name is not known
 * or SE cannot be written so. Whether the weights fit is for the reader of the
 * result to check: it takes a look at every value.
 */
export function lower(network: Network, weights: Weights, name: LoweringName): LoweredNetwork {
  if (!Object.hasOwn(lowerings, name)) {
    throw new InputError(`there is no lowering "${name}"`, {
      remedy: `choose one of ${loweringNames.join(", ")}`,
    });
  }
  const obstacle = lowerings[name].obstacle(network);
  if (obstacle !== null) {
    const others = loweringNames.filter((each) => lowerings[each].obstacle(network) === null);
    throw new InputError(`the lowering ${name} does not apply: ${obstacle}`, {
      remedy: `choose ${others.join(" or ")}`,
    });
  }
  return { ...lowerings[name].rewrite(network, weights), lowering: name };
}

/** `gemm`, as the paper writes SE, where it applies; else `conv1x1`, which always does. */
export function defaultLowering(network: Network): LoweringName {
  return lowerings.gemm.obstacle(network) === null ? "gemm" : "conv1x1";
}
