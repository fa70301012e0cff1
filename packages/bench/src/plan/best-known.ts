import {
  defaultLowering,
  type LoweringName,
  obstacleTo,
  parseLowering,
  stagesWithSe,
} from "@sebench/lowering";
import type { Precision, RuntimeId } from "@sebench/runtime";
import { type Network, nodesWithInputs } from "@sebench/spec";

/** A recipe, or one that depends on a network's shapes; null if it has nothing to gain there. */
type KnownRecipe = LoweringName | ((network: Network) => LoweringName | null);

/**
 * The recipes that were found to be the fastest, by precision and runtime. The first recipe that applies
 * to a network is taken, and a runtime that is not here has the naive form. `bench tune` finds the
 * fastest recipe for one network on one machine. docs/lowering.md has the races behind them.
 */
const bestKnown: Readonly<
  Partial<Record<Precision, Readonly<Partial<Record<RuntimeId, readonly KnownRecipe[]>>>>>
> = {
  fp32: {
    // At batch 1, the weights of bottlenecks in stages 2 and 3 are cheaper to scale than their maps.
    "onnxruntime-node/cpu": [
      "nchwc/2-3:squeeze-fold+scale-fold/4-5:squeeze-fold",
      // ShuffleNet has no stage 5, and its last convolution is in groups.
      "nchwc/squeeze-fold+scale-fold",
      "nchwc/squeeze-fold",
      forwardIntoDepthwise,
      inFilledBlocks,
    ],
    // At batch 1, the weights of bottlenecks in stage 2 are cheaper to scale than their maps. The
    // recipe was told from gemm on SE-ResNet-50 with two threads, in stage 2, and nowhere else.
    "onnxruntime-web/wasm": [foldBeforeShuffles, "2:squeeze-fold+scale-fold+gemm/gemm"],
    // This engine's kernel for pooling has one thread for each output.
    "onnxruntime-web/webgpu": ["reduce-mean"],
    "onnxruntime-node/webgpu": ["reduce-mean"],
  },
  int8: {
    // At batch 1 the gate scales the scales of the weights, and no product of the map's size is left.
    "onnxruntime-node/cpu": ["squeeze-fold+scale-fold", "squeeze-fold"],
  },
};

/** The architecture for which onnxruntime has its blocked kernels; few others have them. */
const blockedArchitecture = "x64";

/** What a recipe may depend on. */
export interface LoweredCase {
  readonly runtime: RuntimeId;
  readonly batch: number;
  readonly precision: Precision;
}

/** The fastest form that is known for a processor, or the naive one where no other is known. */
export function bestKnownLowering(
  network: Network,
  { runtime, batch, precision }: LoweredCase,
  architecture: string = process.arch,
): LoweringName {
  const all = bestKnown[precision]?.[runtime] ?? [];
  const known = all
    .flatMap((recipe) => (typeof recipe === "string" ? recipe : (recipe(network) ?? [])))
    .filter(
      (recipe) => architecture === blockedArchitecture || parseLowering(recipe).layout === "engine",
    );
  const withSe = stagesWithSe(network);
  // A stage without SE has nothing to rewrite, and the recipe would be the naive form once more.
  const applies = (recipe: LoweringName) =>
    obstacleTo(network, recipe, { batch }) === null &&
    parseLowering(recipe).parts.every(
      ({ stages }) => stages?.some((of) => withSe.includes(of)) ?? true,
    );
  return known.find(applies) ?? defaultLowering(network);
}

/**
 * The recipe for ShuffleNet, whose convolutions are in groups, and so have few weights for a gate to
 * scale: at batch 1 all of its stages are faster so.
 */
function foldBeforeShuffles({ nodes }: Network): LoweringName | null {
  const shuffles = nodes.some(({ op }) => op.kind === "channelShuffle");
  return shuffles ? "squeeze-fold+scale-fold" : null;
}

/**
 * The recipe for a network whose SE stands before depthwise convolutions, such as SE-MobileNet v1:
 * at batch 1 the gate goes into their weights, which are far fewer than the values of any map. The
 * weights of a 1x1 convolution are fewer in early stages, too, but the operators that scale them
 * take as long as the product that they replace.
 */
function forwardIntoDepthwise({ nodes }: Network): LoweringName | null {
  const products = new Set(nodes.filter(({ role }) => role === "scale").map(({ name }) => name));
  const depthwise = nodes.some(
    ({ op, inputs }) =>
      op.kind === "conv2d" &&
      op.groups > 1 &&
      op.groups === op.outChannels &&
      inputs.some((input) => products.has(input)),
  );
  return depthwise ? "nchwc/scale-forward" : null;
}

/** The channels of a block, with AVX-512; without, blocks have half as many. */
const blockChannels = 16;

/**
 * The most multiply-accumulates that a network may have with its channels filled up to blocks, over
 * its own: MobileNetV3-small at 0.75 has 1.7 and gains, PP-LCNet at 0.25 has 3 and loses.
 */
const mostFilled = 2;

/** The share of multiply-accumulates in groups that do not fill blocks from which the layout loses. */
const mostInOddGroups = 0.05;

/**
 * The product as a blocked convolution, for a network that the engine's layout suits. Groups that do
 * not fill blocks (RegNetY-400MF, -1.6GF and -3.2GF) and concatenations of such maps (GhostNet) leave the
 * layout and come back, and very narrow maps (PP-LCNet at 0.25) are mostly padding.
 */
function inFilledBlocks(network: Network): LoweringName | null {
  const isFilled = (channels: number) => channels % blockChannels === 0;
  const filled = (channels: number) => blockChannels * Math.ceil(channels / blockChannels);
  let [own, padded, inOddGroups] = [0, 0, 0];
  for (const [{ op, shape }, inputs] of nodesWithInputs(network)) {
    if (op.kind === "concat" && inputs.some(([channels]) => !isFilled(channels!))) return null;
    if (op.kind !== "conv2d") continue;
    const channels = inputs[0]![0]!;
    const perValue = (op.kernel[0] * op.kernel[1] * shape[1]! * shape[2]!) / op.groups;
    const macs = perValue * channels * op.outChannels;
    const isDepthwise = op.groups > 1 && op.groups === channels;
    const fills = isFilled(channels / op.groups) && isFilled(op.outChannels / op.groups);
    own += macs;
    if (op.groups === 1) padded += perValue * filled(channels) * filled(op.outChannels);
    else padded += isDepthwise ? perValue * filled(channels) * op.outChannels : macs;
    if (op.groups > 1 && !isDepthwise && !fills) inOddGroups += macs;
  }
  const suits = padded <= mostFilled * own && inOddGroups <= mostInOddGroups * own;
  return suits ? "nchwc/conv1x1" : null;
}
