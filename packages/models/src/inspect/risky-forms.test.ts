import { expect, test } from "vitest";
import { inspectBytes } from "../testing/inspect-bytes.ts";
import { model, node, tensor, valueInfo } from "../testing/onnx-writer.ts";

interface Faults {
  readonly squeeze?: string;
  readonly gate?: string;
  readonly gateScale?: number;
  /** The axis of the scales of weights; null leaves it out. */
  readonly axis?: number | null;
  /** The integers of each layer's weights, by output and input. */
  readonly integers?: readonly number[];
}

const channels = 8;
const ones = (count: number, value: number) => Array.from({ length: count }, () => value);

/** An SE block in QDQ form, as it should be but for the faults. */
function blockWith({ squeeze = "GlobalAveragePool", gate = "Sigmoid", ...faults }: Faults) {
  const { gateScale = 1 / 255, axis = 0, integers = ones(channels * channels, 3) } = faults;
  const constants = [
    tensor("step", [], [0.02]),
    tensor("gate-step", [], [gateScale]),
    tensor("zero", [], [128], 2),
    tensor("gate-zero", [], [0], 2),
  ];
  const pair = (value: string, by = ["step", "zero"]) => [
    node("QuantizeLinear", [value, ...by], [`${value}/q`]),
    node("DequantizeLinear", [`${value}/q`, ...by], [`${value}/dq`]),
  ];
  const layer = (input: string, output: string) => {
    constants.push(
      tensor(`${output}/w`, [channels, channels, 1, 1], [...integers], 3),
      tensor(`${output}/ws`, [channels], ones(channels, 0.01)),
      tensor(`${output}/wz`, [channels], ones(channels, 0), 3),
    );
    const weights = [`${output}/w`, `${output}/ws`, `${output}/wz`];
    const attributes = axis === null ? {} : { axis };
    return [
      node("DequantizeLinear", weights, [`${output}/dw`], attributes),
      node("Conv", [input, `${output}/dw`], [output], { kernel_shape: [1, 1] }),
    ];
  };
  const mean = squeeze === "ReduceMean" ? { axes: [2, 3], keepdims: 1 } : {};
  const nodes = [
    ...pair("map"),
    node(squeeze, ["map/dq"], ["mean"], mean),
    ...pair("mean"),
    ...layer("mean/dq", "hidden"),
    node("Relu", ["hidden"], ["relu"]),
    ...pair("relu"),
    ...layer("relu/dq", "scores"),
    ...pair("scores"),
    node(gate, ["scores/dq"], ["gate"]),
    ...pair("gate", ["gate-step", "gate-zero"]),
    node("Mul", ["map/dq", "gate/dq"], ["product"]),
    ...pair("product"),
  ];
  const shape = [1, channels, 6, 6];
  const ends = { inputs: [valueInfo("map", shape)], outputs: [valueInfo("product/dq", shape)] };
  return inspectBytes(model({ nodes, constants, ...ends }));
}

const risksOf = (faults: Faults) =>
  blockWith(faults).riskyForms.map(({ what, nodes }) => [what, nodes]);

test("a block in int8 that is as it should be has no risky form", () => {
  expect(blockWith({}).blocks).toHaveLength(1);
  expect(risksOf({})).toEqual([]);
});

test.each<[string, Faults, string, readonly string[]]>([
  ["a coarse step", { gateScale: 1 / 64 }, "gates whose scale", ["Sigmoid of gate"]],
  ["a step that cuts it", { gateScale: 0.9 / 255 }, "gates whose scale", ["Sigmoid of gate"]],
  ["a hard sigmoid", { gate: "HardSigmoid" }, "leave int8", ["HardSigmoid of gate"]],
  ["a mean by reduction", { squeeze: "ReduceMean" }, "leave int8", ["ReduceMean of mean"]],
])("a gate or squeeze with %s is named", (_, faults, what, nodes) => {
  expect(risksOf(faults)).toEqual([[expect.stringContaining(what), nodes]]);
});

test("weights of which two neighbours do not fit 16 bits are named, with their share", () => {
  // Of the 32 pairs of a layer, the first has 127 + 127, and others end at what fits.
  const fits = ones(channels * channels, 64);
  expect(risksOf({ integers: fits })).toEqual([]);
  expect(risksOf({ integers: fits.map((value, at) => (at % 2 === 0 ? 127 : -127)) })).toEqual([]);
  expect(risksOf({ integers: [127, 127, ...fits.slice(2)] })).toEqual([
    [
      "integer weights that can saturate",
      ["Conv of hidden (3.1 % of the pairs)", "Conv of scores (3.1 % of the pairs)"],
    ],
  ]);
});

test.each([1, null])("scales along the inputs are named, with axis %s", (axis) => {
  expect(risksOf({ axis })).toEqual([
    ["weights with a scale for each input", [expect.anything(), expect.anything()]],
  ]);
});

test("a squeeze in fp16 is named with the mean that its sum can hold", () => {
  const half = (name: string) => tensor(name, [8, 8, 1, 1], ones(64, 1), 10);
  const nodes = [
    node("GlobalAveragePool", ["map"], ["mean"]),
    node("Conv", ["mean", "w1"], ["hidden"], { kernel_shape: [1, 1] }),
    node("Relu", ["hidden"], ["relu"]),
    node("Conv", ["relu", "w2"], ["scores"], { kernel_shape: [1, 1] }),
    node("Sigmoid", ["scores"], ["gate"]),
    node("Mul", ["map", "gate"], ["product"]),
  ];
  const shape = [1, 8, 112, 112];
  const { riskyForms } = inspectBytes(
    model({
      nodes,
      constants: [half("w1"), half("w2")],
      inputs: [valueInfo("map", shape, 10)],
      outputs: [valueInfo("product", shape, 10)],
    }),
  );
  // 65,504 over 12,544 pixels.
  expect(riskyForms).toMatchObject([
    {
      what: "squeezes in fp16 over many pixels",
      nodes: ["GlobalAveragePool of mean (12544 pixels: a mean of 5.22)"],
    },
  ]);
});
