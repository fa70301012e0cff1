import { lower } from "@sebench/lowering";
import { buildNetwork, InputError } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import { encodeTflite } from "./encode-tflite.ts";

const network = buildNetwork("se-resnet8");
const weights = seededWeights(network, 1);
const lowered = lower(network, weights, "gemm");

/** The texts of a file that are names, between characters that are not. */
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

describe("a TensorFlow Lite model", () => {
  it("has the identifier of the format behind the root's offset", () => {
    const bytes = encodeTflite(lowered, { batch: 1 });
    expect(textOf(bytes.slice(4, 8))).toBe("TFL3");
  });

  it("names its values after the nodes that give them, and its inputs and outputs", () => {
    const text = textOf(encodeTflite(lowered, { batch: 1 }));
    for (const name of [
      "images",
      "logits",
      "stage2/block0/scale/mul",
      "stage2/block0/squeeze/pool",
    ]) {
      expect(text).toContain(`${name}\0`);
    }
  });

  it("says what it was made of", () => {
    const text = textOf(encodeTflite(lowered, { batch: 1, metadata: { weights: "seeded" } }));
    for (const fact of ["se-resnet8", "lowering", "gemm", "fp32", "weights", "seeded"]) {
      expect(text).toContain(fact);
    }
  });

  it("is little more than half as large in halves", () => {
    const whole = encodeTflite(lowered, { batch: 1 });
    const halves = encodeTflite(lowered, { batch: 1, precision: "fp16" });
    expect(halves.length / whole.length).toBeLessThan(0.65);
  });

  it("is the same, to the byte, each time", () => {
    expect(encodeTflite(lowered, { batch: 1 })).toEqual(encodeTflite(lowered, { batch: 1 }));
  });
});

describe("what has no form is refused", () => {
  it.each([0, -1, 1.5, Number.NaN])("a batch of %s", (batch) => {
    expect(() => encodeTflite(lowered, { batch })).toThrow(InputError);
  });

  it("a gate that scales weights, by the node's name", () => {
    const basic = buildNetwork("se-resnet50", { imageSize: 32 });
    const gated = lower(basic, seededWeights(basic, 1), "squeeze-fold+scale-fold");
    expect(() => encodeTflite(gated, { batch: 1 })).toThrow(/has no form in TFLite/);
  });

  it("blocks of channels", () => {
    const blocked = { ...lowered, layout: "nchwc" } as const;
    expect(() => encodeTflite(blocked, { batch: 1 })).toThrow(/has no form in TFLite/);
  });

  it("weights that are too large for fp16, by name", () => {
    const [[name, tensor]] = [...weights].filter(([key]) => key.endsWith("conv1.weight")) as [
      [string, { shape: number[]; data: Float32Array }],
    ];
    const large = new Map([...weights, [name, { ...tensor, data: tensor.data.map(() => 1e30) }]]);
    expect(() =>
      encodeTflite({ ...lowered, weights: large }, { batch: 1, precision: "fp16" }),
    ).toThrow(InputError);
  });
});
