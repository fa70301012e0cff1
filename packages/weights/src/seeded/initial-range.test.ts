import {
  buildNetwork,
  GraphBuilder,
  modelNames,
  type Node,
  type Op,
  parametersOf,
  type Role,
  seNameOf,
} from "@sebench/spec";
import { expect, test } from "vitest";
import { initialRanges } from "./initial-range.ts";

/** Appends nodes whose parameters are named after them: `conv1.weight`. */
function graphOf(channels: number) {
  const builder = new GraphBuilder("test", [channels, 8, 8]);
  const add = (local: string, op: Op, inputs: readonly Node[], role: Role = "trunk") =>
    builder.add({
      op,
      inputs: inputs.map(({ name }) => name),
      role,
      local,
      prefix: local,
      bias: role === "excite" || op.kind === "dense",
    });
  return { builder, add, images: builder.input };
}

function conv(outChannels: number, extent = 1, groups = 1): Op {
  const pad = (extent - 1) / 2;
  return {
    kind: "conv2d",
    outChannels,
    groups,
    kernel: [extent, extent],
    stride: [1, 1],
    pads: [pad, pad, pad, pad],
  };
}

const norm: Op = { kind: "batchNorm", epsilon: 1e-5 };
const relu: Op = { kind: "relu" };
const sum: Op = { kind: "add" };

test("a convolution's bound is He's sqrt(6 / fanIn), and its groups divide the fan-in", () => {
  const { builder, add, images } = graphOf(4);
  const whole = add("whole", conv(8, 3), [images]);
  const depthwise = add("depthwise", conv(8, 3, 8), [whole]);
  const ranges = initialRanges(builder.build(add("after", norm, [depthwise])));
  expect(ranges.get("whole.weight")).toEqual({ centre: 0, spread: Math.sqrt(6 / 36) });
  expect(ranges.get("depthwise.weight")).toEqual({ centre: 0, spread: Math.sqrt(6 / 9) });
});

test("a batch norm's variance follows the mean square of its input through the graph", () => {
  const { builder, add, images } = graphOf(4);
  const first = add("bn1", norm, [add("conv1", conv(4), [images])]);
  const second = add("bn2", norm, [add("conv2", conv(4), [add("relu", relu, [first])])]);
  const joined = add("cat", { kind: "concat" }, [
    images,
    second,
    add("half", scale(0.5), [images]),
  ]);
  const last = add("bn3", norm, [add("conv3", conv(4), [joined])]);
  const ranges = initialRanges(builder.build(last));
  // The image has a mean square of 1, and a convolution doubles it. A ReLU halves the 1 of bn1, and
  // conv2 doubles the half. A third each of 1, 1 and 1/4 is 0.75, and conv3 doubles it.
  expect(ranges.get("bn1.running_var")!.centre).toBeCloseTo(1.08 * 2, 12);
  expect(ranges.get("bn2.running_var")!.centre).toBeCloseTo(1.08 * 1, 12);
  expect(ranges.get("bn3.running_var")!.centre).toBeCloseTo(1.08 * 1.5, 12);
});

test("only the batch norm that is added to an unscaled shortcut is small", () => {
  const { builder, add, images } = graphOf(4);
  const branch = add("bn1", norm, [add("conv1", conv(4), [images])]);
  const shortcut = add("bn2", norm, [add("conv2", conv(4), [images])]);
  const block = add("relu1", relu, [add("add1", sum, [branch, shortcut])]);
  const scaled = add("scaled", scale(0.5), [add("bn3", norm, [add("conv3", conv(4), [block])])]);
  const network = builder.build(add("relu2", relu, [add("add2", sum, [scaled, block])]));
  const ranges = initialRanges(network);
  const weights = ["bn1", "bn2", "bn3"].map((name) => ranges.get(`${name}.weight`)!.centre);
  expect(weights).toEqual([1, 1, 0.35]);
});

test("a sum of many residual blocks keeps the mean square of a batch norm's input small", () => {
  const { builder, add, images } = graphOf(4);
  let block = add("relu", relu, [add("bn", norm, [add("conv", conv(4), [images])])]);
  for (let index = 0; index < 50; index++) {
    const branch = add(`bn${index}`, norm, [add(`conv${index}`, conv(4), [block])]);
    block = add(`relu${index}`, relu, [add(`add${index}`, sum, [branch, block])]);
  }
  const variance = initialRanges(builder.build(block)).get("bn49.running_var")!.centre;
  expect(variance).toBeLessThan(10);
});

test.each([
  { gate: "sigmoid", mean: 2, deviation: 2.5 },
  { gate: "tanh", mean: 1.25, deviation: 1.25 },
  { gate: "relu", mean: 0.7, deviation: 0.35 },
] as const)("an excitation is scaled to what its $gate gate takes", ({ gate, mean, deviation }) => {
  const { builder, add, images } = graphOf(16);
  const pool = add("pool", { kind: "globalAvgPool" }, [images]);
  const fc1 = add("fc1", conv(2), [pool], "excite");
  const fc2 = add("fc2", conv(16), [add("relu", relu, [fc1], "excite")], "excite");
  const gates = add("gate", { kind: gate }, [fc2], "excite");
  const ranges = initialRanges(builder.build(add("mul", { kind: "mul" }, [images, gates])));
  // A uniform spread is sqrt(3) standard deviations. The pool is expected to give 0.4, the hidden
  // layer 0.6 beside its bias of 1, of which the ReLU keeps 0.3.
  expect(ranges.get("fc1.weight")!.spread).toBeCloseTo(Math.sqrt((3 * 0.6) / (16 * 0.4)), 12);
  expect(ranges.get("fc1.bias")).toEqual({ centre: 1, spread: 0.25 });
  expect(ranges.get("fc2.weight")!.spread).toBeCloseTo(deviation * Math.sqrt(3 / (2 * 1.3)), 12);
  expect(ranges.get("fc2.bias")!.centre).toBe(mean);
});

test("an excitation of dense layers has the ranges of one of 1x1 convolutions", () => {
  const excitation = (hidden: Op, last: Op, dense: boolean) => {
    const { builder, add, images } = graphOf(16);
    const pool = add("pool", { kind: "globalAvgPool" }, [images]);
    const vector = dense ? add("flatten", { kind: "flatten" }, [pool]) : pool;
    const fc1 = add("relu", relu, [add("fc1", hidden, [vector], "excite")]);
    const gate = add("gate", { kind: "sigmoid" }, [add("fc2", last, [fc1], "excite")]);
    const map = dense ? add("unflatten", { kind: "unflatten" }, [gate]) : gate;
    return initialRanges(builder.build(add("mul", { kind: "mul" }, [images, map])));
  };
  const dense = excitation({ kind: "dense", units: 4 }, { kind: "dense", units: 16 }, true);
  expect(dense).toEqual(excitation(conv(4), conv(16), false));
});

test("every kind of operator has an expectation", () => {
  const { builder, add, images } = graphOf(4);
  const window = { kernel: [3, 3], stride: [1, 1], pads: [1, 1, 1, 1], ceil: false } as const;
  const ops: readonly Op[] = [
    { kind: "maxPool", ...window },
    { kind: "avgPool", ...window, countIncludePad: true },
    { kind: "channelShuffle", groups: 2 },
    { kind: "sigmoid" },
    { kind: "tanh" },
    { kind: "globalMaxPool" },
    { kind: "flatten" },
    { kind: "unflatten" },
    { kind: "flatten" },
    { kind: "dense", units: 3 },
  ];
  let node = images;
  for (const [index, op] of ops.entries()) node = add(`op${index}`, op, [node]);
  const ranges = initialRanges(builder.build(node));
  expect([...ranges.keys()]).toEqual(["op9.weight", "op9.bias"]);
  expect(ranges.get("op9.weight")!.spread).toBeGreaterThan(0);
});

test.each([
  ...modelNames.flatMap((name) => [name, seNameOf(name), `${seNameOf(name)}{squeeze=none}`]),
  "se-resnet110{squeeze=none,place=post}",
])("every parameter of %s has a finite range, and variances stay above zero", (name) => {
  const network = buildNetwork(name);
  const ranges = initialRanges(network);
  for (const { name: parameter, slot } of parametersOf(network)) {
    const { centre, spread } = ranges.get(parameter)!;
    expect(Number.isFinite(centre) && spread > 0 && spread < 100).toBe(true);
    if (slot === "variance") expect(centre - spread).toBeGreaterThan(0.1);
  }
});

function scale(factor: number): Op {
  return { kind: "scaleBy", factor };
}
