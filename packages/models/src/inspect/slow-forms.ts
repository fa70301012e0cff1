import type { Block } from "../blocks/find-blocks.ts";
import { GraphView } from "../graph/graph-view.ts";
import { type Node, numberOf, titleOf } from "../graph/model.ts";
import type { ShapedGraph } from "../shapes/infer.ts";

/** Nodes that do something in a way that is slower than it need be. */
export interface SlowForm {
  /** What it is, in the plural: `hard-swishes in four operators`. */
  readonly what: string;
  /** Why it is slow, and what is faster. */
  readonly why: string;
  /** The titles of the nodes: for several operators, that of the last. */
  readonly nodes: readonly string[];
}

/** Finds what a model does in a way that is slower than it need be. */
export function findSlowForms(shaped: ShapedGraph, blocks: readonly Block[]): SlowForm[] {
  const view = new GraphView(shaped.graph);
  const { nodes } = shaped.graph;
  const isInt8 = nodes.some(({ op }) => op === "QuantizeLinear");
  const means = blocks.flatMap(({ squeezes }) => squeezes.filter(({ op }) => op === "ReduceMean"));
  const sums = blocks.flatMap(({ sum }) => (sum === null ? [] : [sum]));
  const forms: SlowForm[] = [
    {
      what: "hard-swishes in four operators",
      why: "onnxruntime fuses HardSwish (opset 14) and x*HardSigmoid(x) into the convolution before them, and this form never",
      nodes: nodes.flatMap((node) => hardSwishFrom(node, view, shaped) ?? []).map(titleOf),
    },
    {
      what: "squeezes by ReduceMean",
      why: isInt8
        ? "in an int8 file onnxruntime takes the whole map back to float32 for ReduceMean, and computes GlobalAveragePool in integers"
        : "GlobalAveragePool is faster on CPUs; ReduceMean is faster on WebGPU",
      nodes: means.map(titleOf),
    },
    {
      what: "residual blocks as x + x*s",
      why: "x*(1+s) gives the same and goes over the map once less",
      nodes: sums.map(titleOf),
    },
  ];
  return forms.filter((form) => form.nodes.length > 0);
}

/** The last node of a hard-swish in four operators that begins with x + 3, or null. */
function hardSwishFrom(shift: Node, view: GraphView, { known }: ShapedGraph): Node | null {
  const number = (name: string | undefined) => {
    const values = known.numbersOf(name);
    return values?.length === 1 && typeof values[0] === "number" ? values[0] : null;
  };
  const isNear = (value: number | null, other: number) =>
    value !== null && Math.abs(value - other) < 1e-4;
  if (shift.op !== "Add") return null;
  const [one, other] = shift.inputs as [string, string];
  const x = isNear(number(other), 3) ? one : isNear(number(one), 3) ? other : null;
  const clip = x === null ? null : onlyReader(shift, view);
  const most = clip?.op === "Clip" ? (number(clip.inputs[2]) ?? numberOf(clip, "max", NaN)) : NaN;
  if (clip === null || !isNear(most, 6)) return null;
  /** Whether a node divides what it reads by 6. */
  const isSixth = ({ op, inputs }: Node) =>
    (op === "Div" && isNear(number(inputs[1]), 6)) ||
    (op === "Mul" && inputs.some((input) => isNear(number(input), 1 / 6)));
  const isTimesX = ({ op, inputs }: Node) => op === "Mul" && inputs.includes(x!);
  const third = onlyReader(clip, view);
  const fourth = third === null ? null : onlyReader(third, view);
  if (third === null || fourth === null) return null;
  const isWhole = (isTimesX(third) && isSixth(fourth)) || (isSixth(third) && isTimesX(fourth));
  return isWhole ? fourth : null;
}

function onlyReader({ outputs }: Node, view: GraphView): Node | null {
  const readers = view.readersOf(outputs[0] ?? "");
  const [reader] = readers;
  return readers.length === 1 && typeof reader === "object" ? reader : null;
}
