import {
  type AvgPool,
  type GatedConv2d,
  GraphBuilder,
  type MapShape,
  type MaxPool,
  type Network,
  type Node,
  type Op,
  type Pads,
  type Size,
} from "@sebench/spec";

const trunk = { role: "trunk" } as const;

/** A network whose logits are the values, flattened, of the last node that `write` adds. */
function graph(shape: MapShape, write: (builder: GraphBuilder) => Node): Network {
  const builder = new GraphBuilder("graph", shape);
  const last = write(builder);
  const op = { kind: "flatten" } as const;
  const flat = builder.add({ op, inputs: [last.name], role: "head", local: "flatten" });
  return builder.build(flat);
}

/** A network of one operator. */
export function applied(shape: MapShape, op: Op, bias = false): Network {
  return graph(shape, (builder) =>
    builder.add({ op, inputs: [builder.input.name], ...trunk, local: "op", prefix: "op", bias }),
  );
}

const square = { kind: "conv2d", kernel: [3, 3], stride: [1, 1], pads: [1, 1, 1, 1] } as const;
const plain = { ...square, outChannels: 8, groups: 1 } as const;

export const convolutions: [string, Op][] = [
  ["3x3", plain],
  ["depthwise", { ...square, outChannels: 16, groups: 16 }],
  ["depthwise with a multiplier", { ...square, outChannels: 48, groups: 16 }],
  ["depthwise, strided", { ...square, outChannels: 16, groups: 16, stride: [2, 2] }],
  [
    "depthwise 5x5, strided, with uneven pads",
    {
      ...square,
      outChannels: 16,
      groups: 16,
      kernel: [5, 5],
      stride: [2, 2],
      pads: [1, 1, 2, 2],
    },
  ],
  ["depthwise 7x7", { ...square, outChannels: 16, groups: 16, kernel: [7, 7], pads: [3, 3, 3, 3] }],
  ["1x7", { ...plain, kernel: [1, 7], pads: [0, 3, 0, 3] }],
  ["7x1", { ...plain, kernel: [7, 1], pads: [3, 0, 3, 0] }],
  ["uneven pads and strides", { ...plain, stride: [2, 1], pads: [0, 1, 2, 0] }],
  ["strided, without pads", { ...plain, stride: [2, 2], pads: [0, 0, 0, 0] }],
];

/** Convolutions in groups, with the number of channels that they read. */
export const groupedConvolutions: [name: string, channels: number, op: Op][] = [
  ["in 4 groups", 16, { ...square, outChannels: 24, groups: 4 }],
  ["in 3 groups of 5", 15, { ...square, outChannels: 30, groups: 3 }],
  ["in 16 groups of 4, strided", 64, { ...square, outChannels: 64, groups: 16, stride: [2, 2] }],
  [
    "in 2 groups, 1x1",
    6,
    { ...square, kernel: [1, 1], pads: [0, 0, 0, 0], outChannels: 8, groups: 2 },
  ],
];

const none: Pads = [0, 0, 0, 0];
const one: Pads = [1, 1, 1, 1];
const window = { kernel: [3, 3], stride: [2, 2], pads: none, ceil: true } as const;
const max: MaxPool = { kind: "maxPool", ...window };
const avg: AvgPool = { kind: "avgPool", ...window, countIncludePad: false };
const avgOfAll: AvgPool = { ...avg, countIncludePad: true };

export const pools: [string, MaxPool | AvgPool][] = [
  ["max, rounded down, padded", { ...max, ceil: false, pads: one }],
  ["max, rounded up", max],
  ["max, rounded up, padded", { ...max, pads: one }],
  ["max, rounded up, 2x2 at stride 3", { ...max, kernel: [2, 2], stride: [3, 3], pads: one }],
  ["average, padding not counted", { ...avg, ceil: false, pads: one }],
  ["average, padding counted", { ...avgOfAll, ceil: false, pads: one }],
  ["average, padding counted, stride 1", { ...avgOfAll, stride: [1, 1], ceil: false, pads: one }],
  ["average, rounded up", avg],
  ["average, rounded up, padding not counted", { ...avg, pads: one }],
  ["average, rounded up, padding counted", { ...avgOfAll, pads: one }],
  ["average, rounded up, no padding to count", avgOfAll],
  ["average, rounded up, uneven padding counted", { ...avgOfAll, pads: [1, 0, 0, 1] }],
];

const map: MapShape = [12, 5, 4];

const combinations: [string, Network][] = [
  ["add, of two maps", graph(map, (builder) => join(builder, "add", ["relu", "tanh"]))],
  [
    "add, of three maps",
    graph(map, (builder) => join(builder, "add", ["relu", "sigmoid", "tanh"])),
  ],
  ["add, of a map and itself", graph(map, (builder) => join(builder, "add", ["relu", "relu"]))],
  ["mul, of equal shapes", graph(map, (builder) => join(builder, "mul", ["relu", "tanh"]))],
  ["mul, by a gate", graph(map, (builder) => join(builder, "mul", ["relu", "globalAvgPool"]))],
  [
    "concat, in order",
    graph(map, (builder) => join(builder, "concat", ["relu", "sigmoid", "tanh"])),
  ],
  ["upsample", graph(map, (builder) => join(builder, "mul", ["relu", "globalAvgPool"], [5, 4]))],
  ["dense with bias", graph(map, (builder) => dense(builder, true))],
  ["dense without bias", graph(map, (builder) => dense(builder, false))],
];

const single: readonly Op[] = [
  { kind: "relu" },
  { kind: "sigmoid" },
  { kind: "tanh" },
  { kind: "silu" },
  { kind: "hardSwish" },
  { kind: "hardSigmoid", alpha: 1 / 6, beta: 0.5 },
  { kind: "hardSigmoid", alpha: 0.5, beta: 0.3 },
  { kind: "clip", min: 0, max: 6 },
  { kind: "clip", min: -0.25, max: 0.5 },
  { kind: "offsetBy", offset: 3 },
  { kind: "divideBy", divisor: 6 },
  { kind: "globalAvgPool" },
  { kind: "reduceMean" },
  { kind: "globalMaxPool" },
  { kind: "scaleBy", factor: 0.17 },
  { kind: "channelShuffle", groups: 3 },
  { kind: "batchNorm", epsilon: 1e-3 },
];

export const otherOperators: [string, Network][] = [
  ...single.map((op): [string, Network] => [
    Object.values(op).map(String).join(" "),
    applied(map, op),
  ]),
  ...combinations,
];

/** Networks of a convolution whose weights a gate scales, which take one image. */
export const gatedConvolutions: [string, Network][] = [
  ["1x1", gatedBy({ ...plain, kind: "gatedConv2d", kernel: [1, 1], pads: none })],
  ["3x3, strided", gatedBy({ ...plain, kind: "gatedConv2d", stride: [2, 2] })],
  ["in 4 groups", gatedBy({ ...plain, kind: "gatedConv2d", groups: 4 })],
  [
    "1x1, by its inputs",
    gatedBy({ ...plain, kind: "gatedConv2d", kernel: [1, 1], pads: none, scales: "inputs" }),
  ],
  [
    "depthwise, strided, by its inputs",
    gatedBy({
      ...plain,
      kind: "gatedConv2d",
      outChannels: 8,
      groups: 8,
      stride: [2, 2],
      scales: "inputs",
    }),
  ],
];

function gatedBy(op: GatedConv2d): Network {
  return graph([8, 6, 5], (builder) => {
    const add = (local: string, of: Op, ...inputs: readonly Node[]) => {
      const names = inputs.map(({ name }) => name);
      return builder.add({ ...trunk, op: of, inputs: names, local, prefix: local, bias: true });
    };
    const pooled = add("pool", { kind: "globalAvgPool" }, builder.input);
    const gate = add("gate", { kind: "sigmoid" }, pooled);
    return add("op", op, builder.input, gate);
  });
}

/** A network of a convolution and an activation after it. */
export function activated(groups: number, activation: Op): Network {
  return graph([16, 6, 6], (builder) => {
    const op = { ...square, outChannels: 16, groups } as const;
    const at = { ...trunk, local: "conv", prefix: "conv", bias: true };
    const conv = builder.add({ ...at, op, inputs: [builder.input.name] });
    return builder.add({ ...trunk, op: activation, inputs: [conv.name], local: "activation" });
  });
}

/** Joins the outputs of several operators over the input, the last of them repeated to a size. */
function join(
  builder: GraphBuilder,
  kind: "add" | "mul" | "concat",
  branches: readonly ("relu" | "sigmoid" | "tanh" | "globalAvgPool")[],
  size?: Size,
): Node {
  const made = new Map<string, string>();
  for (const branch of new Set(branches)) {
    const at = { ...trunk, inputs: [builder.input.name], local: branch };
    made.set(branch, builder.add({ ...at, op: { kind: branch } }).name);
  }
  const inputs = branches.map((branch) => made.get(branch)!);
  if (size) {
    const op = { kind: "upsample", size } as const;
    inputs.push(builder.add({ ...trunk, op, inputs: [inputs.pop()!], local: "resize" }).name);
  }
  return builder.add({ ...trunk, op: { kind }, inputs, local: kind });
}

function dense(builder: GraphBuilder, bias: boolean): Node {
  const add = (op: Op, { name }: Node) =>
    builder.add({ ...trunk, op, inputs: [name], local: op.kind, prefix: "fc", bias });
  const flat = add({ kind: "flatten" }, builder.input);
  return add({ kind: "unflatten" }, add({ kind: "dense", units: 7 }, flat));
}
