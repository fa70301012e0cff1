import type { MapShape, ParameterSlot, Parameter, Shape } from "@sebench/spec";
import type { Forms } from "./forms.ts";

/** The activations that a kernel of every backend takes along; none takes tanh. */
export type FusedActivation = "relu" | "sigmoid";

/** A node of the network as the table of kernels sees it. */
export interface Site {
  readonly batch: number;
  readonly forms: Forms;
  /** Names of the values that it reads. */
  readonly inputs: readonly string[];
  /** For one image. */
  readonly inputShapes: readonly Shape[];
  readonly shape: Shape;
  readonly parameters: Readonly<Partial<Record<ParameterSlot, Parameter>>>;
  /** Follows a convolution or a dense layer, and is written with it. */
  readonly activation: FusedActivation | null;
}

export function inputOf({ inputs }: Site): string {
  return inputs[0]!;
}

/** The shape of the input, `[channels, height, width]`; a vector is a map of one pixel. */
export function inputMapOf({ inputShapes }: Site): MapShape {
  return asMap(inputShapes[0]!);
}

export function asMap(shape: Shape): MapShape {
  return shape.length === 3 ? shape : [shape[0], 1, 1];
}

/**
 * The shape of a value in tfjs: a map is `[batch, height, width, channels]`, and a
 * vector `[1, batch, length]` where dense layers are products of matrices, which
 * want rank 3, else a map of one pixel.
 */
export function tfjsShape({ batch, forms }: Pick<Site, "batch" | "forms">, shape: Shape): number[] {
  if (shape.length === 1 && forms.dense === "mat-mul") return [1, batch, shape[0]];
  const [channels, height, width] = asMap(shape);
  return [batch, height, width, channels];
}
