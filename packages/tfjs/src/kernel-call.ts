import type * as core from "@tensorflow/tfjs-core";

/** Inputs by their names in the kernel. */
type Named<Name extends string> = Readonly<Record<Name, string>>;
type Row = readonly string[];
type None = Readonly<Record<string, never>>;

/** What the kernels of tfjs take that networks are made of: inputs and attributes. */
export interface KernelTypes {
  Add: [Named<"a" | "b">, None];
  AddN: [Row, None];
  AvgPool: [Named<"x">, core.AvgPoolAttrs];
  BatchMatMul: [Named<"a" | "b">, core.BatchMatMulAttrs];
  Concat: [Row, core.ConcatAttrs];
  Conv2D: [Named<"x" | "filter">, core.Conv2DAttrs];
  DepthwiseConv2dNative: [Named<"x" | "filter">, DepthwiseAttributes];
  FusedBatchNorm: [Named<"x" | "mean" | "variance" | "scale" | "offset">, core.FusedBatchNormAttrs];
  FusedConv2D: [Biased<"x" | "filter">, Rounding<core.FusedConv2DAttrs>];
  FusedDepthwiseConv2D: [Biased<"x" | "filter">, Rounding<core.FusedDepthwiseConv2DAttrs>];
  Max: [Named<"x">, core.MaxAttrs];
  MaxPool: [Named<"x">, core.MaxPoolAttrs];
  Mean: [Named<"x">, core.MeanAttrs];
  Multiply: [Named<"a" | "b">, None];
  PadV2: [Named<"x">, core.PadV2Attrs];
  Relu: [Named<"x">, None];
  Reshape: [Named<"x">, core.ReshapeAttrs];
  Sigmoid: [Named<"x">, None];
  SplitV: [Named<"x">, core.SplitVAttrs];
  Sum: [Named<"x">, core.SumAttrs];
  Tanh: [Named<"x">, None];
  Tile: [Named<"x">, core.TileAttrs];
  Transpose: [Named<"x">, core.TransposeAttrs];
  _FusedMatMul: [Biased<"a" | "b">, core._FusedMatMulAttrs];
}

type Biased<Name extends string> = Named<Name> & { readonly bias?: string };

/** tfjs's types ask for a rounding mode, which its kernels do without. */
type Rounding<Attributes> = Omit<Attributes, "dimRoundingMode">;
type DepthwiseAttributes = Rounding<core.DepthwiseConv2dNativeAttrs>;

export type KernelName = keyof KernelTypes;

/** A kernel of tfjs and what it takes, for `engine().runKernel`. */
export interface KernelCall {
  /** The node of the network that it is part of. */
  readonly node: string;
  readonly kernel: KernelName;
  /** Names of values and constants. */
  readonly inputs: Readonly<Record<string, string>> | Row;
  readonly attributes: object;
  /** Names of the values that it gives. */
  readonly outputs: readonly string[];
}
