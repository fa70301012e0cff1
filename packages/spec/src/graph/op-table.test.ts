import { describe, expect, it, test } from "vitest";
import { buildNetwork } from "../network/build-network.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { inferShape, ruleOf } from "./op-table.ts";
import type { AvgPool, Conv2d, Op } from "./op.ts";
import type { Shape } from "./shape.ts";

const conv = (options: Partial<Conv2d>): Conv2d => ({
  kind: "conv2d",
  outChannels: 8,
  kernel: [3, 3],
  stride: [1, 1],
  pads: [1, 1, 1, 1],
  groups: 1,
  ...options,
});
const pool = (options: Partial<AvgPool>): AvgPool => ({
  kind: "avgPool",
  kernel: [3, 3],
  stride: [2, 2],
  pads: [0, 0, 0, 0],
  ceil: false,
  countIncludePad: false,
  ...options,
});

/** The expected shapes are those that torch.nn.functional gives for the same attributes. */
test.each<[string, Op, Shape[], Shape]>([
  [
    "a 7x7/2 convolution",
    conv({ kernel: [7, 7], stride: [2, 2], pads: [3, 3, 3, 3] }),
    [[3, 224, 224]],
    [8, 112, 112],
  ],
  ["a 1x7 convolution", conv({ kernel: [1, 7], pads: [0, 3, 0, 3] }), [[16, 17, 17]], [8, 17, 17]],
  [
    "a 7x1 convolution without padding",
    conv({ kernel: [7, 1], pads: [0, 0, 0, 0] }),
    [[16, 17, 17]],
    [8, 11, 17],
  ],
  ["a depthwise convolution", conv({ groups: 8, stride: [2, 2] }), [[8, 15, 15]], [8, 8, 8]],
  ["floor pooling", pool({}), [[4, 6, 7]], [4, 2, 3]],
  ["ceil pooling", pool({ ceil: true }), [[4, 6, 7]], [4, 3, 3]],
  [
    "ceil pooling whose last window would start in the padding",
    pool({ ceil: true, kernel: [2, 2], pads: [1, 1, 1, 1] }),
    [[4, 5, 5]],
    [4, 3, 3],
  ],
  [
    "concat",
    { kind: "concat" },
    [
      [4, 5, 5],
      [3, 5, 5],
    ],
    [7, 5, 5],
  ],
  [
    "a gate",
    { kind: "mul" },
    [
      [4, 5, 5],
      [4, 1, 1],
    ],
    [4, 5, 5],
  ],
  ["a shuffle", { kind: "channelShuffle", groups: 3 }, [[6, 5, 5]], [6, 5, 5]],
  ["flatten", { kind: "flatten" }, [[6, 5, 5]], [150]],
  ["unflatten", { kind: "unflatten" }, [[6]], [6, 1, 1]],
  ["dense", { kind: "dense", units: 10 }, [[6]], [10]],
])("%s has PyTorch's shape", (_what, op, inputs, shape) => {
  expect(inferShape(op, inputs)).toEqual(shape);
});

test.each<[string, Op, Shape[], RegExp]>([
  [
    "groups that do not divide",
    conv({ groups: 3 }),
    [[4, 5, 5]],
    /split 4 input and 8 output channels into 3/,
  ],
  [
    "a shuffle that does not divide",
    { kind: "channelShuffle", groups: 4 },
    [[6, 5, 5]],
    /shuffle 6 channels in 4/,
  ],
  [
    "a sum of unlike shapes",
    { kind: "add" },
    [
      [4, 5, 5],
      [4, 1, 1],
    ],
    /cannot add/,
  ],
  ["a sum of one", { kind: "add" }, [[4, 5, 5]], /two or more inputs, got 1/],
  [
    "a gate of too few channels",
    { kind: "mul" },
    [
      [4, 5, 5],
      [1, 1, 1],
    ],
    /cannot multiply/,
  ],
  [
    "maps of unlike sizes joined",
    { kind: "concat" },
    [
      [4, 5, 5],
      [4, 6, 5],
    ],
    /cannot join/,
  ],
  ["a dense layer over a map", { kind: "dense", units: 3 }, [[4, 5, 5]], /takes a vector/],
  ["a convolution over a vector", conv({}), [[4]], /takes a feature map/],
  [
    "a window larger than its input",
    conv({ kernel: [9, 9] }),
    [[4, 5, 5]],
    /9x9 window over an input of 7/,
  ],
])("%s is refused", (_what, op, inputs, message) => {
  expect(() => inferShape(op, inputs)).toThrow(message);
});

it("counts the MACs of a grouped convolution from its channels in a group", () => {
  const op = conv({ groups: 4, outChannels: 8 });
  expect(ruleOf(op).macs(op, [[16, 5, 5]], [8, 5, 5])).toBe(8 * 25 * (16 / 4) * 9);
});

describe("GraphBuilder", () => {
  it("refuses an input that does not come before", () => {
    const builder = new GraphBuilder("test", [3, 4, 4]);
    expect(() =>
      builder.add({ op: { kind: "relu" }, inputs: ["nowhere"], role: "trunk", local: "relu" }),
    ).toThrow("trunk/relu reads nowhere, which does not come before it");
  });

  it("refuses two nodes of one name", () => {
    const builder = new GraphBuilder("test", [3, 4, 4]);
    const relu = {
      op: { kind: "relu" },
      inputs: ["images"],
      role: "trunk",
      local: "relu",
    } as const;
    builder.add(relu);
    expect(() => builder.add(relu)).toThrow("two nodes named trunk/relu");
  });

  it("names the node whose inputs do not fit", () => {
    const builder = new GraphBuilder("test", [3, 4, 4]);
    expect(() =>
      builder.add({
        op: { kind: "dense", units: 2 },
        inputs: ["images"],
        role: "head",
        local: "fc",
        prefix: "fc",
      }),
    ).toThrow("head/fc takes a vector, got [3, 4, 4]");
  });

  it("builds networks that can be written as JSON and read again", () => {
    const network = buildNetwork("se-resnet20");
    expect(JSON.parse(JSON.stringify(network))).toEqual(network);
  });
});
