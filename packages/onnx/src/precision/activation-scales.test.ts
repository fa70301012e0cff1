import { InputError, type Network, type Node } from "@sebench/spec";
import { describe, expect, it } from "vitest";
import { type ActivationRanges, activationScales } from "./activation-scales.ts";

const place = { parameters: {}, role: "trunk", stage: null, block: null } as const;
const window = { kernel: [2, 2], stride: [2, 2], pads: [0, 0, 0, 0] } as const;
const conv = { kind: "conv2d", outChannels: 1, groups: 1, ...window } as const;
const pool = { kind: "maxPool", ceil: false, ...window } as const;

/** A network of a convolution, a ReLU, a pool and changes of shape. */
const network: Network = {
  name: "small",
  nodes: [
    { ...place, name: "images", op: { kind: "input" }, inputs: [], shape: [1, 8, 8] },
    { ...place, name: "conv", op: conv, inputs: ["images"], shape: [1, 4, 4] },
    { ...place, name: "relu", op: { kind: "relu" }, inputs: ["conv"], shape: [1, 4, 4] },
    { ...place, name: "pool", op: pool, inputs: ["relu"], shape: [1, 2, 2] },
    { ...place, name: "tanh", op: { kind: "tanh" }, inputs: ["pool"], shape: [1, 2, 2] },
    { ...place, name: "flat", op: { kind: "flatten" }, inputs: ["tanh"], shape: [4] },
  ],
  output: "flat",
};

const ranges: ActivationRanges = {
  images: [-1, 3],
  conv: [-20, 20],
  relu: [0, 2.55],
  pool: [0.5, 2.55],
  tanh: [0.5, 0.98],
  flat: [0.5, 0.98],
};

describe("activations in 0..255", () => {
  const scales = activationScales(network, ranges);

  it("span their range, with a zero that is exact", () => {
    // The scale is 4 / 255, and the zero point is 1 / scale = 63.75, rounded.
    expect(scales.get("images")!.scale).toBeCloseTo(4 / 255, 8);
    expect(scales.get("images")!.zeroPoint).toBe(64);
  });

  it("have zero among them where it was not seen", () => {
    expect(scales.get("tanh")!.scale).toBeCloseTo(0.98 / 255, 8);
    expect(scales.get("tanh")!.zeroPoint).toBe(0);
  });

  it("leave what only a ReLU reads to the ReLU, whose zero is the lowest", () => {
    expect(scales.has("conv")).toBe(false);
    expect(scales.get("relu")!.zeroPoint).toBe(0);
  });

  it("pass through a pool unchanged", () => {
    expect(scales.get("pool")).toBe(scales.get("relu"));
  });

  it("are none for the logits", () => {
    expect(scales.has("flat")).toBe(false);
  });

  it("take a map of zeros", () => {
    const zeros = activationScales(network, { ...ranges, tanh: [0, 0] });
    expect(zeros.get("tanh")).toEqual({ scale: 1, zeroPoint: 0 });
  });

  it("are refused, by the node's name, without a range or with one that is not finite", () => {
    const { tanh: _, ...others } = ranges;
    expect(() => activationScales(network, others)).toThrow(InputError);
    expect(() => activationScales(network, others)).toThrow("the range of tanh");
    expect(() => activationScales(network, { ...ranges, relu: [0, NaN] })).toThrow("of relu");
  });
});

it("what a ReLU and another node read has a scale of its own", () => {
  const nodes = network.nodes.map((node) =>
    node.name === "tanh"
      ? { ...node, op: { kind: "add" } as const, inputs: ["conv", "relu"] }
      : node,
  );
  expect(activationScales({ ...network, nodes }, ranges).has("conv")).toBe(true);
});

describe("gates", () => {
  const gated = (op: Node["op"]) => ({
    ...network,
    nodes: network.nodes.map((node) => (node.name === "tanh" ? { ...node, op } : node)),
  });
  const scaleOf = (op: Node["op"]) => activationScales(gated(op), ranges).get("tanh");

  it("of 0 to 1 have steps of 1/255, though less was seen", () => {
    const whole = { scale: Math.fround(1 / 255), zeroPoint: 0 };
    expect(scaleOf({ kind: "sigmoid" })).toEqual(whole);
    expect(scaleOf({ kind: "hardSigmoid", alpha: 1 / 6, beta: 0.5 })).toEqual(whole);
    expect(scaleOf({ kind: "clip", min: 0, max: 1 })).toEqual(whole);
    expect(scaleOf({ kind: "clip", min: 0, max: 6 })).not.toEqual(whole);
  });
});

it("a null keeps a value in floating point", () => {
  const scales = activationScales(network, { ...ranges, tanh: null });
  expect(scales.has("tanh")).toBe(false);
  expect(scales.has("pool")).toBe(true);
});

describe("values that only operators read which are level beyond an end", () => {
  const read = (op: Node["op"], seen: readonly [number, number], alsoBy?: "tanh") => {
    const nodes = network.nodes.map((node): Node => {
      if (node.name === "relu") return { ...node, op };
      return node.name === alsoBy ? { ...node, inputs: ["conv"] } : node;
    });
    return activationScales({ ...network, nodes }, { ...ranges, conv: seen }).get("conv")!;
  };

  it("end a level below -3 for a hard-swish", () => {
    // 253 levels from -3 to 9.65, and one more on the lower side alone, since 9.65 is the largest seen.
    const { scale, zeroPoint } = read({ kind: "hardSwish" }, [-20, 9.65]);
    expect(scale).toBeCloseTo((12.65 + 0.05) / 255, 6);
    expect(-zeroPoint * scale).toBeLessThanOrEqual(-3);
  });

  it("end a level beyond both ends of a hard sigmoid", () => {
    const { scale, zeroPoint } = read({ kind: "hardSigmoid", alpha: 1 / 6, beta: 0.5 }, [-20, 20]);
    expect(scale).toBeCloseTo((6 + (2 * 6) / 253) / 255, 6);
    expect(-zeroPoint * scale).toBeLessThanOrEqual(-3);
    expect((255 - zeroPoint) * scale).toBeGreaterThanOrEqual(3);
  });

  it("keep a range that was seen within the ends, or that another operator reads", () => {
    expect(read({ kind: "hardSwish" }, [-2, 3]).scale).toBeCloseTo(5 / 255, 6);
    expect(read({ kind: "hardSwish" }, [-20, 20], "tanh").scale).toBeCloseTo(40 / 255, 6);
  });
});
