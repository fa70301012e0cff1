import {
  elementCount,
  type MapShape,
  type Network,
  type Shape,
  type Upsample,
} from "@sebench/spec";
import { type Graph, graphOfOperators } from "../graph/graph.ts";
import { noOperators, type Notation } from "../graph/notation.ts";
import { type Operators, operatorsOf, sequence, type Site } from "../graph/operators.ts";
import { int, ints, string } from "../proto/attribute.ts";
import { padded } from "./blocked-weights.ts";
import { blockedConvolution, paddedChannels } from "./blocks.ts";
import { convolutionOperators } from "./convolution.ts";
import { type Plan, planOf, type Step } from "./plan.ts";
import { distinct, firstChannels, inDomain, operator, reshaped, zerosAfter } from "./write.ts";

/**
 * Writes the graph, for a fixed number of images, as onnxruntime's CPU provider would
 * rewrite it for itself: in operators of the provider's own domain on maps in blocks of
 * channels. Unlike the engine's rewriting, this graph scales by a gate without leaving the
 * blocks. A node that does not fit into blocks is an operator of ONNX, and maps are
 * reordered before and after it.
 */
export function nchwcGraphOf(network: Network, batch: number, notation: Notation): Graph {
  const plan = planOf(network);
  const reader = readerOf(network, plan, notation);
  const parts = [...plan.steps].map(([value, step]) => {
    const { node, inputShapes } = step;
    const inputs = node.inputs.map((input) => reader(input, readsBlocked(step)));
    const sum = step.sum === null ? null : reader(step.sum, true);
    const site: Site = {
      node,
      batch,
      inputs: inputs.map(({ name }) => name),
      output: notation.gives(value),
      inputShapes,
      scalar: notation.scalar,
      bound: notation.bound,
    };
    const before = [...inputs, ...(sum === null ? [] : [sum])].map((each) => each.before);
    return sequence(...before, operatorsOfStep(step, site, sum?.name ?? null));
  });
  return graphOfOperators(network, batch, distinct(sequence(...parts)));
}

/** A value that is read in one of the two layouts. */
interface Reading {
  /** The name of the value in that layout. */
  readonly name: string;
  /** The operator that reorders the value, if it has the other layout. */
  readonly before: Operators;
}

/** Makes the function that gives a value in a wanted layout. */
function readerOf(network: Network, plan: Plan, notation: Notation) {
  const shapes = new Map(network.nodes.map(({ name, shape }) => [name, shape]));
  return (value: string, asBlocked: boolean): Reading => {
    const layout = plan.layout(value);
    const name = notation.reads(value);
    if (layout === "either" || asBlocked === (layout === "blocked")) {
      return { name, before: noOperators };
    }
    const shape = shapes.get(value)!;
    const filled = paddedChannels(shape[0]);
    if (asBlocked) return blockedReading(name, shape, filled - shape[0]);
    const pixels = elementCount(shape) / shape[0];
    const plain = `${name}/plain`;
    const channels = [int("channels", filled)];
    const reordered =
      pixels === 1
        ? { name, before: noOperators }
        : { name: plain, before: inDomain(operator(plain, "ReorderOutput", [name], channels)) };
    if (filled === shape[0]) return reordered;
    const cut = `${name}/cut`;
    const before = sequence(reordered.before, firstChannels(cut, reordered.name, shape[0]));
    return { name: cut, before };
  };
}

/** A plain map in blocks, with channels of zeros where they do not fill the last block. */
function blockedReading(name: string, shape: Shape, added: number): Reading {
  const [filled, blocked] = [`${name}/padded`, `${name}/blocked`];
  const full =
    added === 0
      ? { name, before: noOperators }
      : { name: filled, before: zerosAfter(filled, name, [0, added, 0, 0]) };
  if (elementCount(shape) === shape[0]) return full;
  const reorder = inDomain(operator(blocked, "ReorderInput", [full.name]));
  return { name: blocked, before: sequence(full.before, reorder) };
}

function readsBlocked({ node: { op }, blocked, inputShapes }: Step): boolean {
  const [input] = inputShapes;
  if (op.kind !== "conv2d" && op.kind !== "gatedConv2d") return blocked;
  return blocked && blockedConvolution(op, input as MapShape)!.reads === "blocked";
}

function operatorsOfStep(step: Step, site: Site, sum: string | null): Operators {
  const { op } = step.node;
  if (step.convolution) return convolutionOperators(step, site, sum);
  if (!step.blocked) return operatorsOf(site);
  switch (op.kind) {
    case "maxPool":
    case "avgPool":
    case "globalAvgPool":
    case "globalMaxPool":
      return inDomain(operatorsOf(site));
    case "upsample":
      return repeated(site, op);
    case "dense":
      return filledDense(site);
    case "unflatten":
      return reshaped(site.output, site.inputs[0]!, [
        site.batch,
        paddedChannels(site.node.shape[0]),
        1,
        1,
      ]);
    default:
      // These work element by element, or on whole blocks one after the other.
      return operatorsOf(site);
  }
}

/**
 * Writes a dense layer on vectors that have the channels which fill blocks: its weights are zero
 * there, which saves the operators that would cut those channels off and put them on again.
 */
function filledDense(site: Site): Operators {
  const { weight, bias } = site.node.parameters;
  const filled = padded(weight!);
  const shift = bias && padded(bias);
  const parameters = { weight: filled, ...(shift && { bias: shift }) };
  return sequence(
    filled.before,
    shift?.before ?? noOperators,
    operatorsOf({ ...site, node: { ...site.node, parameters } }),
  );
}

/** Writes the repetition of a map `[C, 1, 1]` to `[C, height, width]`. */
function repeated({ node, inputs, output }: Site, { size }: Upsample): Operators {
  const attribute = [
    ints("scales", [1, 1, ...size]),
    string("mode", "nearest"),
    string("coordinate_transformation_mode", "asymmetric"),
  ];
  const { name } = node;
  const upsample = { name, opType: "Upsample", input: [...inputs], output: [output], attribute };
  return inDomain({ nodes: [upsample], constants: [] });
}
