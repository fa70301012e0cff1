import type { MapShape, ParameterSlot, Parameter, Shape } from "@sebench/spec";
import type { Forms } from "./forms.ts";

/** The activations that a layer's kernel can apply on every backend; tanh is none of them. */
export type FusedActivation = "relu" | "relu6" | "sigmoid";

/** A node of the network, with everything that writing it takes. */
export interface Site {
  readonly batch: number;
  readonly forms: Forms;
  /** The names of the values that the node reads. */
  readonly inputs: readonly string[];
  /** The shapes of the inputs, for one image. */
  readonly inputShapes: readonly Shape[];
  readonly shape: Shape;
  readonly parameters: Readonly<Partial<Record<ParameterSlot, Parameter>>>;
  /** The activation that follows a convolution or a dense layer and is written with it, or null. */
  readonly activation: FusedActivation | null;
}

export function inputOf({ inputs }: Site): string {
  return inputs[0]!;
}

/** The shape of the input as a map `[channels, height, width]`; a vector is a map of one pixel. */
export function inputMapOf({ inputShapes }: Site): MapShape {
  return asMap(inputShapes[0]!);
}

export function asMap(shape: Shape): MapShape {
  return shape.length === 3 ? shape : [shape[0], 1, 1];
}

/**
 * The shape of a value in tfjs. A map is `[batch, height, width, channels]`. A vector is
 * `[1, batch, length]` if dense layers are products of matrices, which want rank 3, else a
 * map of one pixel.
 */
export function tfjsShape({ batch, forms }: Pick<Site, "batch" | "forms">, shape: Shape): number[] {
  if (shape.length === 1 && forms.dense === "mat-mul") return [1, batch, shape[0]];
  const [channels, height, width] = asMap(shape);
  return [batch, height, width, channels];
}
