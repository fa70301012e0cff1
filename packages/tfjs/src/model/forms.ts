/**
 * How a grouped convolution, which tfjs lacks, is written; all give the same
 * values.
 *
 * `split`: one dense convolution a group, concatenated.
 * `split-in-8`: eight dense convolutions of an eighth of the groups each, zero
 * between groups, concatenated.
 * `block-diagonal`: one dense convolution, zero between groups, of `groups`
 * times the MACs.
 * `depthwise-*`: a depthwise convolution that gives what each input channel adds
 * to each output channel of its group, and then the sum over a group's inputs:
 * by `sum`; as an average (`avg-pool`) of filters that are as much larger; or by a
 * 1x1 convolution (`conv`).
 */
export type GroupedForm =
  | "split"
  | "split-in-8"
  | "block-diagonal"
  | "depthwise-sum"
  | "depthwise-avg-pool"
  | "depthwise-conv";

/**
 * How a map is pooled to one pixel: by a reduction over height and width, by a
 * pooling kernel whose window is the map, or by two, of the map's height and then
 * of its width.
 */
export type SqueezeForm = "reduce" | "pool" | "pool-twice";

/** How a dense layer is written: as a product of matrices, or as a convolution of one pixel. */
type DenseForm = "mat-mul" | "conv";

/** Whether a layer's kernel takes the bias and the activation along, or each has its own. */
type FusionForm = "fused" | "separate";

/**
 * How a map is padded where tfjs's `same` is not meant: by the pooling kernel, or
 * by a kernel of its own before it, since libtensorflow pools without explicit pads.
 */
export type PadForm = "pool" | "pad";

/** How a model is written in tfjs's kernels. */
export interface Forms {
  readonly grouped: GroupedForm;
  readonly squeeze: SqueezeForm;
  readonly dense: DenseForm;
  readonly fusion: FusionForm;
  readonly pads: PadForm;
}

/** The tfjs runtimes; each has its own kernels. */
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
 * The fastest forms, by the figures in `bench/forms.md`. Those of webgl and webgpu
 * are of a GPU in software; there `split` is as fast as a depthwise convolution or
 * faster, but it takes a hundred kernels to the other's four, and a GPU has many
 * threads for the sum that `pool` leaves to one for each channel. Those of cuda are
 * not measured: as few kernels as can be, since a GPU has MACs to spare.
 */
export const formsOf: Readonly<Record<TfjsRuntimeId, Forms>> = {
  "tfjs-node/cpu": { grouped: "split-in-8", squeeze: "pool", ...inTensorflow },
  "tfjs-node/cuda": { grouped: "block-diagonal", squeeze: "reduce", ...inTensorflow },
  "tfjs-web/cpu": { grouped: "split", squeeze: "pool", ...inBrowser },
  "tfjs-web/wasm": { grouped: "depthwise-avg-pool", squeeze: "pool", ...inBrowser },
  "tfjs-web/webgl": { grouped: "depthwise-avg-pool", squeeze: "pool-twice", ...inBrowser },
  "tfjs-web/webgpu": { grouped: "depthwise-avg-pool", squeeze: "pool-twice", ...inBrowser },
};
