import type { Block } from "../blocks/block.ts";
import { hardFormFrom } from "../blocks/hard-swish.ts";
import { GraphView } from "../graph/graph-view.ts";
import { titleOf } from "../graph/model.ts";
import type { ShapedGraph } from "../shapes/access.ts";

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
      nodes: nodes
        .flatMap((node) => hardFormFrom(node, view, shaped.known) ?? [])
        .filter(({ kind }) => kind === "hard-swish")
        .map(({ last }) => titleOf(last)),
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
    {
      what: "nodes whose results nobody reads",
      why: "onnxruntime runs them in every run, whatever the level of optimisation: export the file without them",
      nodes: nodes
        .filter(({ op }) => op !== "Constant")
        .filter(({ outputs }) => outputs.every((name) => view.readersOf(name).length === 0))
        .map(titleOf),
    },
  ];
  return forms.filter((form) => form.nodes.length > 0);
}
