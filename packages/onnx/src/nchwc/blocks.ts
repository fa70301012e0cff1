import type { Conv2d, GatedConv2d, MapShape, Shape } from "@sebench/spec";
import { isMap } from "@sebench/spec";

/** The domain of onnxruntime's operators on blocked maps, and its version. */
export const nchwcDomain = "com.microsoft.nchwc";
export const nchwcVersion = 1;

/**
 * The greatest block that onnxruntime knows, of AVX-512 and NEON; it is 8 on other
 * x64 processors. Channels that it divides go without a remainder into either.
 */
const greatestBlock = 16;

/** A map of fewer channels than this is smaller than any block. */
const leastBlock = 4;

/**
 * How the values of a map lie in memory: `plain` as `[C][H][W]`, `blocked` as
 * `[C / block][H][W][block]`. A map of one pixel lies the same way in both, and so
 * does each vector, which has no blocked form but is never asked for one.
 */
export type Layout = "plain" | "blocked" | "either";

export function fillsBlocks(channels: number): boolean {
  return channels % greatestBlock === 0;
}

/** Of a value that an operator on blocked maps gave, or one on plain maps. */
export function layoutOf(shape: Shape, blocked: boolean): Layout {
  if (!isMap(shape)) return "plain";
  if (shape[1] * shape[2] === 1 && fillsBlocks(shape[0])) return "either";
  return blocked ? "blocked" : "plain";
}

/**
 * How the weights of a convolution are blocked, as MLAS names it. `OIHWBo`, where no
 * channels of the input are summed by blocks: of a depthwise convolution, and of one that
 * reads a plain map of fewer channels than a block has. Else `OIHWBiBo`.
 */
export type WeightLayout = "OIHWBo" | "OIHWBiBo";

export interface BlockedConvolution {
  readonly weights: WeightLayout;
  readonly reads: "plain" | "blocked";
}

/**
 * What onnxruntime's transformer (`nchwc_transformer.cc`, `TransformConv`) would make of
 * a convolution at whichever block size; null where it would leave it as it is, or where
 * that depends on the block. The transformer also takes output channels that do not fill
 * their last block, and pads them: here these are left as they are.
 */
export function blockedConvolution(
  { groups, outChannels }: Conv2d | GatedConv2d,
  [channels]: MapShape,
): BlockedConvolution | null {
  if (!fillsBlocks(outChannels)) return null;
  if (groups === 1) {
    if (channels < leastBlock) return { weights: "OIHWBo", reads: "plain" };
    return fillsBlocks(channels) ? { weights: "OIHWBiBo", reads: "blocked" } : null;
  }
  if (channels === groups && outChannels === groups) return { weights: "OIHWBo", reads: "blocked" };
  const each = fillsBlocks(channels / groups) && fillsBlocks(outChannels / groups);
  return each ? { weights: "OIHWBiBo", reads: "blocked" } : null;
}
