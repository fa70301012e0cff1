import type { Conv2d, GatedConv2d, MapShape, Shape } from "@sebench/spec";
import { isMap } from "@sebench/spec";

/** The domain of onnxruntime's operators on blocked maps. */
export const nchwcDomain = "com.microsoft.nchwc";

/** The version of that domain, `com.microsoft.nchwc`. */
export const nchwcVersion = 1;

/**
 * The greatest block that onnxruntime knows, with AVX-512 and NEON; a block has 8 channels
 * on other x64 processors. Channels in multiples of 16 fill blocks of both sizes.
 */
const greatestBlock = 16;

/** The least number of channels that fills a block of any size. */
const leastBlock = 4;

/**
 * The layout of a map's values in memory: `plain` is `[C][H][W]`, `blocked` is
 * `[C / block][H][W][block]`, and `either` is the layout of a vector or a map of one pixel whose
 * channels fill their blocks, which is the same in both. Where they do not, `blocked` has the
 * channels that fill the last block, and `plain` has none.
 */
export type Layout = "plain" | "blocked" | "either";

export function fillsBlocks(channels: number): boolean {
  return channels % greatestBlock === 0;
}

/**
 * The channels of a blocked map of so many channels, the last block filled up. The channels that
 * fill it have finite values, and weights of zero wherever a convolution reads them.
 */
export function paddedChannels(channels: number): number {
  return Math.ceil(channels / greatestBlock) * greatestBlock;
}

/** Tells whether a value is a vector or a map of one pixel, which lie in memory alike. */
export function isPixel(shape: Shape): boolean {
  return !isMap(shape) || shape[1] * shape[2] === 1;
}

/** Tells whether a map of so many channels may be blocked: at most half of it fills the last block. */
function isBlockable(channels: number): boolean {
  return channels >= greatestBlock;
}

/** The layout of a value that an operator on blocked maps gave, or an operator on plain maps. */
export function layoutOf(shape: Shape, blocked: boolean): Layout {
  if (isPixel(shape) && fillsBlocks(shape[0])) return "either";
  return blocked ? "blocked" : "plain";
}

/**
 * The blocked layout of a convolution's weights, by MLAS's names. `OIHWBo` is for a
 * convolution that sums no channels of its input by blocks: a depthwise one, and one that
 * reads a plain map of fewer channels than a block has. All others have `OIHWBiBo`.
 */
export type WeightLayout = "OIHWBo" | "OIHWBiBo";

export interface BlockedConvolution {
  readonly weights: WeightLayout;
  readonly reads: "plain" | "blocked";
}

/**
 * The blocked form that onnxruntime's transformer (`nchwc_transformer.cc`, `TransformConv`)
 * would give a convolution at every block size; null if it would leave the convolution as
 * it is, or if that depends on the block. Channels that do not fill their last block are padded,
 * except in groups.
 */
export function blockedConvolution(
  { groups, outChannels }: Conv2d | GatedConv2d,
  input: MapShape,
): BlockedConvolution | null {
  const [channels] = input;
  // A pixel is cheap to pad, and each reorder that it saves takes as long as a small layer.
  if (groups === 1 && isPixel(input)) return { weights: "OIHWBiBo", reads: "blocked" };
  if (!isBlockable(outChannels)) return null;
  if (groups === 1) {
    if (channels < leastBlock) return { weights: "OIHWBo", reads: "plain" };
    return isBlockable(channels) ? { weights: "OIHWBiBo", reads: "blocked" } : null;
  }
  if (channels === groups && outChannels === groups) return { weights: "OIHWBo", reads: "blocked" };
  const each = fillsBlocks(channels / groups) && fillsBlocks(outChannels / groups);
  return each ? { weights: "OIHWBiBo", reads: "blocked" } : null;
}
