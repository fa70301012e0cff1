import { defaultLowering, type LoweringName, obstacleTo, parseLowering } from "@sebench/lowering";
import type { Precision, RuntimeId } from "@sebench/runtime";
import type { Network } from "@sebench/spec";

/**
 * By runtime, the recipes that were found to be the fastest, in fp32: the first that
 * applies to a network is taken. A runtime that is not here has the naive form.
 * `bench tune` finds what is the fastest on one machine, for one network.
 */
const bestKnown: Readonly<Partial<Record<RuntimeId, readonly LoweringName[]>>> = {
  // Bottlenecks, at batch 1: in stages 2 and 3 weights are cheaper to scale than maps.
  "onnxruntime-node/cpu": [
    "nchwc/2-3:squeeze-fold+scale-fold/4-5:squeeze-fold",
    "nchwc/squeeze-fold",
    "nchwc/conv1x1",
  ],
  // Likewise; told from gemm on SE-ResNet-50 with two threads, in stage 2, and nowhere else.
  "onnxruntime-web/wasm": ["2:squeeze-fold+scale-fold+gemm/gemm"],
  // Its kernel for pooling has one thread for each output.
  "onnxruntime-web/webgpu": ["reduce-mean"],
  "onnxruntime-node/webgpu": ["reduce-mean"],
};

/** Of processors other than x64 few have onnxruntime's blocked kernels. */
const blockedArchitecture = "x64";

/** What a recipe may depend on. */
export interface LoweredCase {
  readonly runtime: RuntimeId;
  readonly batch: number;
  readonly precision: Precision;
}

/** The fastest form that is known for a processor; the naive one where no other is. */
export function bestKnownLowering(
  network: Network,
  { runtime, batch, precision }: LoweredCase,
  architecture: string = process.arch,
): LoweringName {
  const all = precision === "fp32" ? (bestKnown[runtime] ?? []) : [];
  const known = all.filter(
    (recipe) => architecture === blockedArchitecture || parseLowering(recipe).layout === "engine",
  );
  const applies = (recipe: LoweringName) => obstacleTo(network, recipe, { batch }) === null;
  return known.find(applies) ?? defaultLowering(network);
}
