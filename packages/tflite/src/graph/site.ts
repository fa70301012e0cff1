import type { MapShape, Node, ParameterSlot, Shape } from "@sebench/spec";
import type { Weights } from "@sebench/weights";
import type { Activation } from "../flat/schema.ts";
import type { GraphWriter, Value } from "./graph-writer.ts";

/** How weights lie in the file: as float32, or in halves that are widened when the model is loaded. */
export type WeightPrecision = "fp32" | "fp16";

/**
 * How a convolution in groups of several channels is written: as it is, or so only where a group's
 * inputs and outputs are multiples of four, and else as one without groups, zero between groups.
 */
export type GroupedForm = "grouped" | "grouped-by-fours";

/** A node of the network, with everything that writing it takes. */
export interface Site {
  readonly node: Node;
  readonly batch: number;
  readonly writer: GraphWriter;
  /** The values that the node reads. */
  readonly inputs: readonly Value[];
  /** The shapes of the inputs, for one image. */
  readonly inputShapes: readonly Shape[];
  /** Whether no value of the first input is below zero. */
  readonly nonNegative: boolean;
  /** The activation after the node that is written with it. */
  readonly activation: Activation;
  /** The name of the value that the node gives, its activation included. */
  readonly gives: string;
  readonly weights: Pick<Weights, "get">;
  readonly precision: WeightPrecision;
  readonly grouped: GroupedForm;
}

export function inputOf({ inputs }: Site): Value {
  return inputs[0]!;
}

export function inputMapOf({ inputShapes }: Site): MapShape {
  return asMap(inputShapes[0]!);
}

function asMap(shape: Shape): MapShape {
  return shape.length === 3 ? shape : [shape[0], 1, 1];
}

/** The shape in TensorFlow Lite: a map is `[batch, height, width, channels]`, a vector `[batch, length]`. */
export function tfliteShape(batch: number, shape: Shape): number[] {
  if (shape.length !== 3) return [batch, shape[0]];
  const [channels, height, width] = shape;
  return [batch, height, width, channels];
}

/** The value that the node gives, whose name and shape the node's last operator takes. */
export function outputOf({ node, batch, gives }: Site): { name: string; shape: number[] } {
  return { name: gives, shape: tfliteShape(batch, node.shape) };
}

/** The name of a value or a constant beside the node's own. */
export function localName({ node }: Site, local: string): string {
  return `${node.name}/${local}`;
}

/** The values of a parameter that the node must have. */
export function parameterOf({ node, weights }: Site, slot: ParameterSlot): Float32Array {
  const parameter = node.parameters[slot];
  if (!parameter) throw new Error(`${node.name} has no ${slot}`);
  return weights.get(parameter.name)!.data;
}
