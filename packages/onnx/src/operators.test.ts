import { runReference } from "@sebench/reference";
import {
  type AvgPool,
  GraphBuilder,
  type MapShape,
  type MaxPool,
  type Network,
  type Node,
  type Op,
  type Pads,
} from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import { encodeOnnx } from "./encode-onnx.ts";
import { relativeError, testImages } from "./testing/images.ts";
import { runModel } from "./testing/onnxruntime.ts";

const trunk = { role: "trunk" } as const;

/** Adds nodes to a graph; the last one's values, flattened, are the logits. */
function graph(shape: MapShape, write: (builder: GraphBuilder) => Node): Network {
  const builder = new GraphBuilder("graph", shape);
  const last = write(builder);
  const op = { kind: "flatten" } as const;
  const flat = builder.add({ op, inputs: [last.name], role: "head", local: "flatten" });
  return builder.build(flat);
}

function apply(shape: MapShape, op: Op): Network {
  return graph(shape, (builder) =>
    builder.add({ op, inputs: [builder.input.name], ...trunk, local: "op", prefix: "op" }),
  );
}

/** Of onnxruntime's answers, with batch norms folded and not; relative to the oracle's. */
async function largestError(network: Network): Promise<number> {
  const weights = seededWeights(network, 1);
  const batch = 3;
  const images = testImages(batch, network.nodes[0]!.shape as MapShape);
  const expected = runReference(network, weights, images);
  const errors: number[] = [];
  for (const foldBatchNorm of [true, false]) {
    const lowered = { network, weights, lowering: "conv1x1" } as const;
    const model = encodeOnnx(lowered, { batch, foldBatchNorm });
    errors.push(relativeError(await runModel(model, images), expected));
  }
  return Math.max(...errors);
}

const square = { kind: "conv2d", kernel: [3, 3], stride: [1, 1], pads: [1, 1, 1, 1] } as const;

const convolutions: [string, Op][] = [
  ["grouped", { ...square, outChannels: 24, groups: 4 }],
  ["depthwise", { ...square, outChannels: 16, groups: 16 }],
  ["1x7", { ...square, kernel: [1, 7], pads: [0, 3, 0, 3], outChannels: 8, groups: 1 }],
  ["7x1", { ...square, kernel: [7, 1], pads: [3, 0, 3, 0], outChannels: 8, groups: 1 }],
  [
    "uneven pads and strides",
    { ...square, stride: [2, 1], pads: [0, 1, 2, 0], outChannels: 8, groups: 1 },
  ],
];

describe("convolutions agree with the oracle", () => {
  it.each(convolutions)("%s", async (_name, op) => {
    expect(await largestError(apply([16, 11, 9], op))).toBeLessThan(1e-4);
  });
});

const none: Pads = [0, 0, 0, 0];
const one: Pads = [1, 1, 1, 1];
const window = { kernel: [3, 3], stride: [2, 2], pads: none, ceil: true } as const;
const max: MaxPool = { kind: "maxPool", ...window };
const avg: AvgPool = { kind: "avgPool", ...window, countIncludePad: false };
const avgOfAll: AvgPool = { ...avg, countIncludePad: true };

const pools: [string, MaxPool | AvgPool][] = [
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

describe.each([6, 7, 8, 9])("pooling of %i pixels agrees with the oracle", (size) => {
  it.each(pools)("%s", async (_name, op) => {
    expect(await largestError(apply([4, size, size + 1], op))).toBeLessThan(1e-4);
  });
});

const map: MapShape = [12, 5, 4];

const combinations: [string, Network][] = [
  ["add, of two maps", graph(map, (builder) => join(builder, "add", ["relu", "tanh"]))],
  [
    "add, of three maps",
    graph(map, (builder) => join(builder, "add", ["relu", "sigmoid", "tanh"])),
  ],
  ["mul, of equal shapes", graph(map, (builder) => join(builder, "mul", ["relu", "tanh"]))],
  ["mul, by a gate", graph(map, (builder) => join(builder, "mul", ["relu", "globalAvgPool"]))],
  [
    "concat, in order",
    graph(map, (builder) => join(builder, "concat", ["relu", "sigmoid", "tanh"])),
  ],
  ["dense with bias", graph(map, (builder) => dense(builder, true))],
  ["dense without bias", graph(map, (builder) => dense(builder, false))],
];

const single: Op[] = [
  { kind: "relu" },
  { kind: "sigmoid" },
  { kind: "tanh" },
  { kind: "globalAvgPool" },
  { kind: "globalMaxPool" },
  { kind: "scaleBy", factor: 0.17 },
  { kind: "channelShuffle", groups: 3 },
  { kind: "batchNorm", epsilon: 1e-3 },
];

describe("other operators agree with the oracle", () => {
  it.each([...single.map((op): [string, Network] => [op.kind, apply(map, op)]), ...combinations])(
    "%s",
    async (_name, network) => {
      expect(await largestError(network)).toBeLessThan(1e-4);
    },
  );
});

/** Joins what several operators make of the input. */
function join(
  builder: GraphBuilder,
  kind: "add" | "mul" | "concat",
  branches: readonly ("relu" | "sigmoid" | "tanh" | "globalAvgPool")[],
): Node {
  const inputs = branches.map((branch) => {
    const op = { kind: branch };
    return builder.add({ ...trunk, op, inputs: [builder.input.name], local: branch }).name;
  });
  return builder.add({ ...trunk, op: { kind }, inputs, local: kind });
}

function dense(builder: GraphBuilder, bias: boolean): Node {
  const add = (op: Op, { name }: Node) =>
    builder.add({ ...trunk, op, inputs: [name], local: op.kind, prefix: "fc", bias });
  const flat = add({ kind: "flatten" }, builder.input);
  return add({ kind: "unflatten" }, add({ kind: "dense", units: 7 }, flat));
}
