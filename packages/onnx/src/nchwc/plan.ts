import {
  type AvgPool,
  coveringPads,
  isMap,
  type Network,
  type Node,
  nodesWithInputs,
  sameShape,
  type Shape,
} from "@sebench/spec";
import { blockedConvolution, fillsBlocks, isPixel, type Layout, layoutOf } from "./blocks.ts";

/** The activation that a convolution of the domain applies to its values before writing them. */
interface FusedActivation {
  readonly name: "Relu" | "Sigmoid" | "Tanh" | "HardSwish" | "HardSigmoid" | "Clip";
  readonly parameters: readonly number[];
}

/** A node, and the nodes after it that are computed with it. */
export interface Step {
  readonly node: Node;
  readonly inputShapes: readonly Shape[];
  /** Whether the step reads and gives blocked maps, or vectors with the channels that fill blocks. */
  readonly blocked: boolean;
  /** Whether the step is written as a convolution of the domain, which nodes after it may join. */
  readonly convolution: boolean;
  /** The value that the convolution adds to its own, or null. */
  readonly sum: string | null;
  readonly activation: FusedActivation | null;
}

export interface Plan {
  /** The steps by the values that they give, which are those of the last nodes that joined them. */
  readonly steps: ReadonlyMap<string, Step>;
  layout(value: string): Layout;
}

/** The activation that a convolution of the domain can take in, or null if it takes no such node. */
function activationOf({ op }: Node): FusedActivation | null {
  switch (op.kind) {
    case "relu":
      return { name: "Relu", parameters: [] };
    case "sigmoid":
      return { name: "Sigmoid", parameters: [] };
    case "tanh":
      return { name: "Tanh", parameters: [] };
    case "hardSwish":
      return { name: "HardSwish", parameters: [] };
    case "hardSigmoid":
      return { name: "HardSigmoid", parameters: [op.alpha, op.beta] };
    case "clip":
      return { name: "Clip", parameters: [op.min, op.max] };
    default:
      return null;
  }
}

/**
 * Decides which nodes run on blocked maps, and which join the convolution before them, by
 * the rules of onnxruntime's transformer: a sum of two maps joins the first of the two that
 * comes from a convolution, and an activation joins the step that it follows, each only if
 * nothing else reads the value in between. The network's output is always plain.
 */
export function planOf(network: Network): Plan {
  const steps = new Map<string, Step>();
  const shapes = new Map(network.nodes.map(({ name, shape }) => [name, shape]));
  const uses = usesIn(network);
  const layout = (value: string): Layout =>
    layoutOf(shapes.get(value)!, steps.get(value)?.blocked ?? false);

  for (const [node, inputShapes] of nodesWithInputs(network)) {
    const blocked = node.name !== network.output && runsBlocked(node, inputShapes, layout);
    const joined = blocked
      ? node.inputs.find((input) => uses.get(input) === 1 && takes(steps.get(input), node))
      : undefined;
    if (joined === undefined) {
      const convolution = blocked && isConvolution(node, inputShapes);
      const step = { node, inputShapes, blocked, convolution, sum: null, activation: null };
      steps.set(node.name, step);
    } else {
      const step = steps.get(joined)!;
      steps.delete(joined);
      steps.set(node.name, join(step, joined, node));
    }
  }
  return { steps, layout };
}

/** The number of nodes that read each value; the network's output is read once more. */
function usesIn({ nodes, output }: Network): Map<string, number> {
  const uses = new Map([[output, 1]]);
  for (const input of nodes.flatMap(({ inputs }) => inputs)) {
    uses.set(input, (uses.get(input) ?? 0) + 1);
  }
  return uses;
}

/** Tells whether a node can be computed as part of the step before it. */
function takes(step: Step | undefined, node: Node): boolean {
  if (!step?.convolution || step.activation !== null) return false;
  if (node.op.kind === "add") return node.inputs.length === 2 && step.sum === null;
  return activationOf(node) !== null;
}

function join(step: Step, joined: string, node: Node): Step {
  const activation = activationOf(node);
  if (activation !== null) return { ...step, activation };
  return { ...step, sum: node.inputs.find((input) => input !== joined)! };
}

function isConvolution({ op }: Node, inputShapes: readonly Shape[]): boolean {
  if (op.kind === "conv2d" || op.kind === "gatedConv2d" || op.kind === "batchNorm") return true;
  return op.kind === "mul" && isGated(inputShapes);
}

function isGated([map, gate]: readonly Shape[]): boolean {
  return !sameShape(map!, gate!);
}

function runsBlocked(
  { op, inputs, shape }: Node,
  inputShapes: readonly Shape[],
  layout: (value: string) => Layout,
): boolean {
  const [input] = inputShapes;
  const layouts = inputs.map(layout);
  switch (op.kind) {
    case "conv2d":
    case "gatedConv2d":
      return (
        isMap(input!) && blockedConvolution(op, input) !== null && !padsPlain(input, layouts[0]!)
      );
    case "avgPool":
      return !padsPlain(shape, layouts[0]!) && isOneOperator(op, input!, shape);
    case "maxPool":
      return !padsPlain(shape, layouts[0]!);
    case "upsample":
      return fillsBlocks(shape[0]);
    case "concat":
      // Channels that fill a block may stand at the end alone.
      return (
        !layouts.includes("plain") && inputShapes.slice(0, -1).every(([each]) => fillsBlocks(each))
      );
    case "mul":
      // A gate is of one pixel, which is cheap to pad.
      return isGated(inputShapes) ? layouts[0] !== "plain" : !layouts.includes("plain");
    case "flatten":
      return layouts[0] !== "plain" && isPixel(input!);
    case "dense":
    case "unflatten":
    case "globalAvgPool":
    case "globalMaxPool":
    case "relu":
    case "sigmoid":
    case "tanh":
    case "silu":
    case "hardSwish":
    case "hardSigmoid":
    case "clip":
    case "offsetBy":
    case "divideBy":
    case "scaleBy":
    case "batchNorm":
    case "add":
      return !layouts.includes("plain");
    default:
      return false;
  }
}

/** Tells whether a plain map would have to be padded, which takes another pass over the map. */
function padsPlain([channels]: Shape, layout: Layout): boolean {
  return layout === "plain" && channels > 3 && !fillsBlocks(channels);
}

/** Tells whether a pool is one operator, with no counted padding to be written out before it. */
function isOneOperator(op: AvgPool, input: Shape, output: Shape): boolean {
  return !op.countIncludePad || sameShape(op.pads, coveringPads(op, input, output));
}
