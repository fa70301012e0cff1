import { describe, expect, it } from "vitest";
import { notInPrecision } from "./precision-doubt.ts";
import { summariseProfile } from "./profile.ts";

/** An event of a node in onnxruntime's profile, with the element type of the node's first input. */
function node(index: number, operator: string, type: string | null) {
  const shapes = type === null ? {} : { input_type_shape: [{ [type]: [1, 16, 32, 32] }] };
  const args = { op_name: operator, provider: "CPUExecutionProvider", node_index: String(index) };
  const time = { ts: index, dur: 1 };
  return { cat: "Node", name: `${operator}_kernel_time`, ...time, args: { ...args, ...shapes } };
}

const profileOf = (...nodes: readonly ReturnType<typeof node>[]) =>
  summariseProfile(JSON.stringify(nodes));

describe("int8", () => {
  it("is proven where every convolution and product takes integers", () => {
    const profile = profileOf(
      node(0, "QuantizeLinear", "float"),
      node(1, "QLinearConv", "uint8"),
      node(2, "QGemm", "uint8"),
      node(3, "Tanh", "float"),
    );
    expect(profile.products).toEqual({ uint8: 2 });
    expect(notInPrecision("int8", profile)).toBeNull();
  });

  it("is not proven where a convolution was left in float", () => {
    const profile = profileOf(node(0, "QLinearConv", "uint8"), node(1, "FusedConv", "float"));
    expect(notInPrecision("int8", profile)).toBe(
      "not every convolution and matrix product was computed in int8: 1 in float",
    );
  });

  it("is proven where as many layers are in float as were to stay there, and not where more are", () => {
    const profile = profileOf(node(0, "QLinearConv", "uint8"), node(1, "FusedConv", "float"));
    expect(notInPrecision("int8", profile, 1)).toBeNull();
    const two = profileOf(
      node(0, "QGemm", "uint8"),
      node(1, "Conv", "float"),
      node(2, "Gemm", "float"),
    );
    expect(notInPrecision("int8", two, 1)).toContain("2 in float");
  });

  it("is not proven by a profile without any", () => {
    expect(notInPrecision("int8", profileOf(node(0, "Add", "uint8")))).toBe(
      "the profile shows no convolution or matrix product in int8",
    );
  });

  it("is not proven where the types are not told", () => {
    expect(notInPrecision("int8", profileOf(node(0, "QLinearConv", null)))).toContain(
      "1 in a type that is not told",
    );
  });
});

describe("fp16", () => {
  it("is proven by halves, and not by floats that were cast", () => {
    expect(notInPrecision("fp16", profileOf(node(0, "Conv", "float16")))).toBeNull();
    expect(
      notInPrecision("fp16", profileOf(node(0, "Cast", "float16"), node(1, "Conv", "float"))),
    ).toContain("computed in fp16: 1 in float");
  });
});

it("of fp32 nothing is asked", () => {
  expect(notInPrecision("fp32", profileOf(node(0, "Conv", null)))).toBeNull();
});
