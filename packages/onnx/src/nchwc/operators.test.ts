import { runReference } from "@sebench/reference";
import { applied, pools, relativeError, testImages } from "@sebench/reference/testing";
import { GraphBuilder, type MapShape, type Network, type Node, type Op } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import { encodeOnnx } from "../encode-onnx.ts";
import { hasBlocks } from "../testing/has-blocks.ts";
import { runModel } from "../testing/onnxruntime.ts";

const square = { kernel: [3, 3], stride: [1, 1], pads: [1, 1, 1, 1] } as const;
const conv = { kind: "conv2d", ...square, outChannels: 48, groups: 1 } as const;
const gated = { ...conv, kind: "gatedConv2d" } as const;

const convolutions: [string, Op][] = [
  ["3x3", conv],
  ["1x1", { ...conv, kernel: [1, 1], pads: [0, 0, 0, 0] }],
  ["1x7, strided", { ...conv, kernel: [1, 7], pads: [0, 3, 0, 3], stride: [2, 1] }],
  ["depthwise, strided", { ...conv, outChannels: 64, groups: 64, stride: [2, 2] }],
  ["depthwise with a multiplier", { ...conv, outChannels: 128, groups: 64 }],
  ["in 2 groups of 32", { ...conv, outChannels: 96, groups: 2 }],
  ["in 16 groups of 4", { ...conv, outChannels: 64, groups: 16 }],
  ["to channels that fill no block", { ...conv, outChannels: 24 }],
  ["to fewer channels than a block has", { ...conv, outChannels: 8 }],
];

/** Combinations of a convolution's map, `[32, 6, 5]`, and a gate of its channels. */
const combinations: [string, (add: Add, map: Node, gate: Node) => Node][] = [
  ["a map and its gate", (add, map, gate) => add({ kind: "mul" }, map, gate)],
  [
    "a gated map, a sum and a ReLU",
    (add, map, gate) => {
      const scaled = add({ kind: "mul" }, map, gate);
      return add({ kind: "relu" }, add({ kind: "add" }, scaled, map));
    },
  ],
  [
    "a sum that comes first of the two",
    (add, map) => add({ kind: "add" }, add(conv32, map), add({ kind: "tanh" }, map)),
  ],
  [
    "a convolution that is read twice",
    (add, map) => add({ kind: "add" }, map, add({ kind: "relu" }, map)),
  ],
  [
    "a sum of three",
    (add, map) =>
      add({ kind: "add" }, map, add({ kind: "sigmoid" }, map), add({ kind: "tanh" }, map)),
  ],
  ...(
    [
      { kind: "sigmoid" },
      { kind: "hardSwish" },
      { kind: "clip", min: 0.5, max: 6 },
      { kind: "hardSigmoid", alpha: 0.2, beta: 0.5 },
    ] as const
  ).map((op): [string, (add: Add, map: Node) => Node] => [
    `convolutions, a gate and a sum of 24 and 40 channels, with ${op.kind} between them`,
    (add, map) => {
      const narrow = { ...conv, outChannels: 24 } as const;
      const start = add(narrow, map);
      const inner = add(op, add({ ...conv, outChannels: 40 }, start));
      const spatial = add(op, add({ ...conv, outChannels: 40, groups: 40 }, inner));
      const pooled = add({ kind: "globalAvgPool" }, spatial);
      const gates = add({ kind: "sigmoid" }, add({ ...conv, outChannels: 40 }, pooled));
      const scaled = add(op, add({ kind: "mul" }, spatial, gates));
      const sum = add({ kind: "add" }, add(narrow, scaled), start);
      return add({ kind: "concat" }, map, add(pool2, sum));
    },
  ]),
  [
    "maps joined, and one that fills no block",
    (add, map) => add({ kind: "concat" }, map, add({ ...conv, outChannels: 24 }, map)),
  ],
  ["maps joined", (add, map) => add({ kind: "concat" }, map, add({ kind: "relu" }, map))],
  ["a factor", (add, map) => add({ kind: "scaleBy", factor: 0.17 }, map)],
  ["a shuffle", (add, map) => add({ kind: "channelShuffle", groups: 4 }, map)],
  [
    "a batch norm and a ReLU",
    (add, map) => add({ kind: "relu" }, add({ kind: "batchNorm", epsilon: 1e-3 }, add(pool2, map))),
  ],
  ...(
    [
      { kind: "hardSwish" },
      { kind: "hardSigmoid", alpha: 0.3, beta: 0.4 },
      { kind: "clip", min: 0, max: 0.5 },
      { kind: "silu" },
    ] as const
  ).map((op): [string, (add: Add, map: Node) => Node] => [
    `a convolution and ${op.kind}, and ${op.kind} again`,
    (add, map) => add(op, add({ kind: "add" }, add(op, add(conv32, map)), add(op, map))),
  ]),
  [
    "a factor added, and one divided by",
    (add, map) => add({ kind: "offsetBy", offset: 3 }, add({ kind: "divideBy", divisor: 6 }, map)),
  ],
  ["a mean", (add, map) => add({ kind: "reduceMean" }, map)],
  ["a maximum", (add, map) => add({ kind: "globalMaxPool" }, map)],
  [
    "a gate repeated",
    (add, map, gate) => add({ kind: "mul" }, map, add({ kind: "upsample", size: [6, 5] }, gate)),
  ],
];

const conv32 = { ...conv, outChannels: 32 } as const;
const pool2 = { kind: "maxPool", ...square, ceil: false } as const;

const gatedConvolutions: [string, Op][] = [
  ["1x1", { ...gated, outChannels: 32, kernel: [1, 1], pads: [0, 0, 0, 0] }],
  ["3x3, strided", { ...gated, outChannels: 32, stride: [2, 2] }],
  ["in 2 groups", { ...gated, outChannels: 32, groups: 2 }],
  ["in 8 groups, of 4 channels", { ...gated, outChannels: 32, groups: 8 }],
  [
    "1x1, by its inputs",
    { ...gated, outChannels: 48, kernel: [1, 1], pads: [0, 0, 0, 0], scales: "inputs" },
  ],
  [
    "1x1 to channels that fill no block, by its inputs",
    { ...gated, outChannels: 8, kernel: [1, 1], pads: [0, 0, 0, 0], scales: "inputs" },
  ],
  [
    "depthwise, by its inputs",
    { ...gated, outChannels: 32, groups: 32, stride: [2, 2], scales: "inputs" },
  ],
];

describe.runIf(hasBlocks)("agrees with the oracle", () => {
  it.each(convolutions)("a convolution %s", async (_name, op) => {
    expect(await largestError(applied([64, 9, 8], op))).toBeLessThan(1e-4);
  });

  it.each(pools)("pooling, %s", async (_name, op) => {
    expect(await largestError(applied([32, 8, 9], op))).toBeLessThan(1e-4);
  });

  it.each(combinations)("%s", async (_name, write) => {
    expect(await largestError(graphOf(write))).toBeLessThan(1e-4);
  });

  it.each(gatedConvolutions)(
    "of one image, a convolution scaled by a gate, %s",
    async (_name, op) => {
      const network = graphOf((add, map, gate) => add({ kind: "relu" }, add(op, map, gate)));
      expect(await largestError(network, 1)).toBeLessThan(1e-4);
    },
  );
});

type Add = (op: Op, ...inputs: readonly Node[]) => Node;

function graphOf(write: (add: Add, map: Node, gate: Node) => Node): Network {
  const builder = new GraphBuilder("graph", [3, 6, 5]);
  let count = 0;
  const add: Add = (op, ...inputs) => {
    const local = `${op.kind}${count++}`;
    const names = inputs.map(({ name }) => name);
    return builder.add({ op, inputs: names, role: "trunk", local, prefix: local, bias: true });
  };
  const map = add(conv32, builder.input);
  const gate = add({ kind: "sigmoid" }, add({ kind: "globalAvgPool" }, map));
  return builder.build(add({ kind: "flatten" }, write(add, map, gate)));
}

/** The largest relative error of onnxruntime against the oracle. */
async function largestError(network: Network, batch = 2): Promise<number> {
  const weights = seededWeights(network, 1);
  const images = testImages(batch, network.nodes[0]!.shape as MapShape);
  const expected = runReference(network, weights, images);
  const lowered = { network, weights, lowering: "nchwc/conv1x1", layout: "nchwc" } as const;
  return relativeError(await runModel(encodeOnnx(lowered, { batch }), images), expected);
}
