/**
 * The form of a grouped convolution, which tfjs lacks. All forms give the same values.
 *
 * - `split`: one dense convolution for each group, concatenated.
 * - `split-in-8`: eight dense convolutions of an eighth of the groups each, zero between
 *   groups, concatenated.
 * - `block-diagonal`: one dense convolution, zero between groups, of `groups` times the MACs.
 * - `depthwise-*`: a depthwise convolution that gives what each input channel adds to each
 *   output channel of its group, and then the sum over a group's inputs: by `sum`; as an
 *   average (`avg-pool`) of filters that are larger by the number of inputs; or by a 1x1
 *   convolution (`conv`).
 */
export type GroupedForm =
  | "split"
  | "split-in-8"
  | "block-diagonal"
  | "depthwise-sum"
  | "depthwise-avg-pool"
  | "depthwise-conv";

/**
 * The form of pooling a map to one pixel: a reduction over height and width, a pooling
 * kernel whose window is the map, or two such kernels, first over the map's height and
 * then over its width.
 */
export type SqueezeForm = "reduce" | "pool" | "pool-twice";

/** The form of a dense layer: a product of matrices, or a convolution of one pixel. */
type DenseForm = "mat-mul" | "conv";

/** The form of bias and activation: part of the layer's kernel, or kernels of their own. */
type FusionForm = "fused" | "separate";

/**
 * The form of padding that is not tfjs's `same`: pads of the pooling kernel, or a padding
 * kernel before it, since libtensorflow pools without explicit pads.
 */
export type PadForm = "pool" | "pad";

/** The forms in which a model is written in tfjs's kernels. */
export interface Forms {
  readonly grouped: GroupedForm;
  readonly squeeze: SqueezeForm;
  readonly dense: DenseForm;
  readonly fusion: FusionForm;
  readonly pads: PadForm;
}

/** The ids of the tfjs runtimes, each of which has its own kernels. */
export type TfjsRuntimeId =
  | "tfjs-node/cpu"
  | "tfjs-node/cuda"
  | "tfjs-web/cpu"
  | "tfjs-web/wasm"
  | "tfjs-web/webgl"
  | "tfjs-web/webgpu";

const inBrowser = { dense: "conv", fusion: "fused", pads: "pool" } as const;
const inTensorflow = { dense: "conv", fusion: "separate", pads: "pad" } as const;

/**
 * The fastest forms of each runtime, by the figures in `bench/forms.md`. The figures of
 * webgl and webgpu are of a GPU in software; there `split` is as fast as a depthwise
 * convolution or faster, but takes a hundred kernels where the other takes four, and a GPU
 * has many threads for the sum that `pool` leaves to one thread for each channel. The forms
 * of cuda are not measured: they have as few kernels as possible, since a GPU has MACs to
 * spare.
 */
export const formsOf: Readonly<Record<TfjsRuntimeId, Forms>> = {
  "tfjs-node/cpu": { grouped: "split-in-8", squeeze: "pool", ...inTensorflow },
  "tfjs-node/cuda": { grouped: "block-diagonal", squeeze: "reduce", ...inTensorflow },
  "tfjs-web/cpu": { grouped: "split", squeeze: "pool", ...inBrowser },
  "tfjs-web/wasm": { grouped: "depthwise-avg-pool", squeeze: "pool", ...inBrowser },
  "tfjs-web/webgl": { grouped: "depthwise-avg-pool", squeeze: "pool-twice", ...inBrowser },
  "tfjs-web/webgpu": { grouped: "depthwise-avg-pool", squeeze: "pool-twice", ...inBrowser },
};
