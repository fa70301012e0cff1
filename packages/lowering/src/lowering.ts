/** How SE is written as operators. */
export type LoweringName = "gemm" | "conv1x1";
