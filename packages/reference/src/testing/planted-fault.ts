import type { Network, Node, Op, Tensor } from "@sebench/spec";
import type { Weights } from "@sebench/weights";

/** A network with its weights, in whatever form an engine is given it. */
interface Form {
  readonly network: Network;
  readonly weights: Weights;
}

/** A fault of one operator, as an engine that computes it wrongly would have it. */
export interface PlantedFault {
  /** The network, with the fault, and its weights. */
  readonly form: Form;
  readonly node: string;
  /** The fault, in words. */
  readonly kind: string;
}

/** Gives uniform numbers in 0..1. */
type Random = () => number;

const pick = <Item>(items: readonly Item[], random: Random): Item =>
  items[Math.floor(random() * items.length)]!;

/** The operators that stand in for another one, which an engine might take for the first. */
const mistaken: Partial<Record<Op["kind"], Op>> = {
  sigmoid: { kind: "hardSigmoid", alpha: 0.2, beta: 0.5 },
  hardSigmoid: { kind: "sigmoid" },
  hardSwish: { kind: "silu" },
  silu: { kind: "hardSwish" },
  tanh: { kind: "sigmoid" },
  relu: { kind: "clip", min: 0, max: 0.5 },
  globalAvgPool: { kind: "globalMaxPool" },
  globalMaxPool: { kind: "globalAvgPool" },
  add: { kind: "mul" },
};

/** What an engine may do to the values of any operator. */
const distortions: readonly Op[] = [
  { kind: "scaleBy", factor: 1.25 },
  { kind: "scaleBy", factor: -1 },
  { kind: "offsetBy", offset: 0.75 },
];

/** Plants one fault in a network whose batch norms are folded: at a node that the seed draws. */
export function plantFault(form: Form, random: Random): PlantedFault {
  const { network } = form;
  const node = pick(
    network.nodes.filter(({ op }) => op.kind !== "input"),
    random,
  );
  const other = mistaken[node.op.kind];
  const kinds = [
    ...(node.parameters.weight ? [weightFault] : []),
    ...(other ? [() => replaced(form, node, other)] : []),
    () => distorted(form, node, pick(distortions, random)),
  ];
  return pick(kinds, random)(form, node, random);
}

function replaced(form: Form, { name, op: right }: Node, op: Op): PlantedFault {
  const nodes = form.network.nodes.map((node) =>
    node.name === name ? Object.assign({}, node, { op }) : node,
  );
  const network: Network = { ...form.network, nodes };
  return { form: { ...form, network }, node: name, kind: `${right.kind} as ${op.kind}` };
}

function distorted(form: Form, right: Node, op: Op): PlantedFault {
  const before = `${right.name}/undistorted`;
  const nodes = form.network.nodes.flatMap((node): Node[] =>
    node === right
      ? [
          { ...right, name: before },
          { ...right, op, inputs: [before], parameters: {} },
        ]
      : [node],
  );
  const network = { ...form.network, nodes };
  return { form: { ...form, network }, node: right.name, kind: `${op.kind} after it` };
}

/** The weights of one output channel are those of its neighbour, or the kernel is mirrored. */
function weightFault(form: Form, { name, parameters }: Node, random: Random) {
  const { name: weight } = parameters.weight!;
  const right = form.weights.get(weight)!;
  const mirror = random() < 0.5;
  const wrong = mirror ? mirrored(right) : oneChannelOff(right, random);
  const weights = new Map(form.weights).set(weight, wrong);
  const kind = mirror ? "mirrored weights" : "one channel's weights off";
  return { form: { ...form, weights }, node: name, kind };
}

function mirrored({ shape, data }: Tensor): Tensor {
  const length = data.length / shape[0]!;
  const wrong = new Float32Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const channel = Math.floor(at / length);
    wrong[at] = data[channel * length + (length - 1 - (at % length))]!;
  }
  return { shape, data: wrong };
}

function oneChannelOff({ shape, data }: Tensor, random: Random): Tensor {
  const length = data.length / shape[0]!;
  const channel = Math.floor(random() * shape[0]!);
  const wrong = Float32Array.from(data);
  for (let at = channel * length; at < (channel + 1) * length; at++) wrong[at]! *= -1.5;
  return { shape, data: wrong };
}
