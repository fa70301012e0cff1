import type { GraphView } from "../graph/graph-view.ts";
import { type Node, numberOf } from "../graph/model.ts";
import type { KnownTensors } from "../shapes/access.ts";
import { weightsAt } from "../shapes/macs.ts";
import type { Form } from "./block.ts";
import { seeThrough, type Traces } from "./trace.ts";

/** The forms by what they do, step by step: `Shift` adds a number, `Scale` multiplies by one. */
const formNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "": "none",
    Relu: "relu",
    "Relu Clip": "relu6",
    Clip: "clip",
    LeakyRelu: "leaky-relu",
    PRelu: "prelu",
    Elu: "elu",
    Tanh: "tanh",
    Softmax: "softmax",
    Sigmoid: "sigmoid",
    QLinearSigmoid: "sigmoid",
    "Neg Exp Shift Reciprocal": "sigmoid",
    "Neg Exp Shift Inverse": "sigmoid",
    HardSigmoid: "hard-sigmoid",
    "Shift Clip Scale": "hard-sigmoid",
    "Shift Relu Clip Scale": "hard-sigmoid",
    "Scale Shift Clip": "hard-sigmoid",
    "Scale Shift Relu Clip": "hard-sigmoid",
    "Sigmoid Times": "silu",
    Swish: "silu",
    QuickGelu: "silu",
    Gelu: "gelu",
    "Scale Erf Shift Times Scale": "gelu",
    HardSwish: "hard-swish",
    "HardSigmoid Times": "hard-swish",
    "Shift Clip Times Scale": "hard-swish",
    "Shift Clip Scale Times": "hard-swish",
    "Shift Relu Clip Times Scale": "hard-swish",
    "Shift Relu Clip Scale Times": "hard-swish",
    "Scale Shift Clip Times": "hard-swish",
  }),
);

/** The number of layers between squeeze and product, and the activations after the first and the last. */
export function formsOf(
  excite: readonly Node[],
  isShifted: boolean,
  view: GraphView,
  traces: Traces,
  known: KnownTensors,
) {
  const depths = new Map<Node, number>();
  for (const node of excite) {
    const before = node.inputs.map((name) => depths.get(view.givers.get(name)!) ?? 0);
    depths.set(node, Math.max(0, ...before) + (weightsAt(node) === null ? 0 : 1));
  }
  const layers = Math.max(...depths.values());
  const after = (layer: number) =>
    excite.filter((node) => depths.get(node) === layer && weightsAt(node) === null);
  const gate = isShifted ? withoutLastSum(after(layers)) : after(layers);
  const between = layers < 2 ? null : oneBranch(after(1), traces);
  return {
    layers,
    activation: between === null ? null : formOf(between, traces, known),
    gate: formOf(gate, traces, known),
  };
}

/** The nodes of the gate in `1 + s`, without the sum. */
function withoutLastSum(nodes: readonly Node[]): Node[] {
  const last = nodes.findLastIndex(({ op }) => op === "Add");
  return nodes.filter((_, index) => index !== last);
}

/** The nodes of the first of two branches that share their layers. */
function oneBranch(nodes: readonly Node[], traces: Traces): Node[] {
  const squeezesOf = (node: Node) => {
    const trace = traces.of(node.outputs[0]!);
    return trace.kind === "vector" ? trace.squeezes : [];
  };
  const [first] = nodes;
  const own = first === undefined ? undefined : squeezesOf(first)[0];
  const alone = nodes.filter(
    (node) => squeezesOf(node).length === 1 && squeezesOf(node)[0] === own,
  );
  return alone.length > 0 ? alone : [...nodes];
}

/** Names the activation that nodes in a row make up. */
function formOf(nodes: readonly Node[], traces: Traces, known: KnownTensors): Form {
  const steps = nodes.flatMap((node) => {
    const step = stepOf(node, traces, known);
    return step === null ? [] : [{ step, node }];
  });
  const key = steps.map(({ step }) => step).join(" ");
  const operators = steps.map(({ node }) => node.op);
  const [only] = steps;
  const isOne = steps.length === 1 && only?.step === "HardSigmoid";
  return {
    name: clipName(key, steps[0]?.node, known) ?? formNames.get(key) ?? operators.join("+"),
    operators,
    slope: isOne ? [numberOf(only.node, "alpha", 0.2), numberOf(only.node, "beta", 0.5)] : null,
  };
}

/** The name of a Clip by itself, which is that of ReLU6 where it ends at 6. */
function clipName(key: string, node: Node | undefined, known: KnownTensors): string | null {
  if (key !== "Clip" || node === undefined) return null;
  const most = known.numbersOf(node.inputs[2])?.[0] ?? numberOf(node, "max", Infinity);
  return typeof most === "number" && Math.abs(most - 6) < 1e-6 ? "relu6" : null;
}

/** What a node does to a vector, or null for what belongs to a layer or changes nothing. */
function stepOf(node: Node, traces: Traces, known: KnownTensors): string | null {
  const { op, inputs } = node;
  const constant = inputs.find((name) => traces.of(name).kind === "constant");
  const isNumber = constant !== undefined && isScalar(known, constant);
  if (seeThrough.has(op) || op === "Expand" || op === "BatchNormalization") return null;
  switch (op) {
    case "Add":
    case "Sub":
      return isNumber ? "Shift" : null;
    case "Mul":
      return constant === undefined ? "Times" : isNumber ? "Scale" : null;
    case "Div":
      return constant === inputs[0] ? "Inverse" : isNumber ? "Scale" : "Div";
    case "Min":
    case "Max":
      return isNumber ? "Clip" : op;
    default:
      return op;
  }
}

function isScalar(known: KnownTensors, name: string): boolean {
  return known.dimsOf(name)?.every((dim) => dim === 1) ?? false;
}
