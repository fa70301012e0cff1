import { lower } from "@sebench/lowering";
import { buildNetwork, InputError } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import { encodeTflite } from "../encode-tflite.ts";
import { withLength, withOperator, withVersion } from "../testing/plant.ts";
import { readTflite } from "./read-tflite.ts";

const network = buildNetwork("se-resnet8");
const weights = seededWeights(network, 1);
const bytes = encodeTflite(lower(network, weights, "gemm"), { batch: 2 });

describe("a model that is written is read", () => {
  const file = readTflite(bytes);

  it("with its inputs and outputs, in the order of TensorFlow Lite", () => {
    const about = (index: number) => [file.tensors[index]!.name, file.tensors[index]!.shape];
    expect(file.inputs.map(about)).toEqual([["images", [2, 32, 32, 3]]]);
    expect(file.outputs.map(about)).toEqual([["logits", [2, 10]]]);
  });

  it("with its operators, their versions and options", () => {
    const [first] = file.operators;
    expect(first).toMatchObject({
      name: "CONV_2D",
      version: 1,
      options: { padding: 0, strideH: 1, strideW: 1, activation: 1, dilationH: 1 },
    });
    const count = (name: string) => file.operators.filter((each) => each.name === name).length;
    expect([count("LOGISTIC"), count("FULLY_CONNECTED"), count("ADD")]).toEqual([3, 7, 3]);
  });

  it("with every weight at an address that suits vectors, bit for bit", () => {
    const tensor = file.tensors.find(
      ({ name }) => name === "linear.weight" || name === "fc.weight",
    )!;
    const own = weights.get(tensor.name)!.data;
    expect(
      Buffer.from(tensor.values!).equals(Buffer.from(own.buffer, own.byteOffset, own.byteLength)),
    ).toBe(true);
    const start = bytes.byteOffset;
    for (const { values } of file.tensors) {
      if (values !== null) expect((values.byteOffset - start) % 16).toBe(0);
    }
  });

  it("with what it tells of itself", () => {
    expect(file.metadata).toMatchObject({ network: "se-resnet8", lowering: "gemm" });
  });
});

function isReadOrRefused(file: Uint8Array): boolean {
  try {
    readTflite(file);
    return true;
  } catch (error) {
    return error instanceof InputError;
  }
}

describe("a file is refused", () => {
  it.each([0, 7, 100, bytes.length >> 1, bytes.length - 1])(
    "that ends after %i bytes",
    (length) => {
      expect(() => readTflite(bytes.slice(0, length))).toThrow(InputError);
    },
  );

  it("with an operator that is not known, by its number", () => {
    expect(() => readTflite(withOperator(bytes, "LOGISTIC", 999))).toThrow("operator 999");
  });

  it("with a version that is not known, by the operator", () => {
    expect(() => readTflite(withVersion(bytes, "LOGISTIC", 99))).toThrow(
      "version 99 of the operator LOGISTIC",
    );
  });

  it("with a custom operator that has no name", () => {
    expect(() => readTflite(withOperator(bytes, "LOGISTIC", "CUSTOM"))).toThrow("has no name");
  });

  it("with any length of a computed tensor that does not follow, by the tensor's name", () => {
    const { tensors, operators } = readTflite(bytes);
    const computed = operators.flatMap(({ outputs }) => outputs);
    expect(computed.length).toBeGreaterThan(20);
    for (const index of computed) {
      const { name, shape } = tensors[index]!;
      for (const [axis, length] of shape.entries()) {
        const changed = withLength(bytes, index, axis, length + 1);
        expect(() => readTflite(changed), `${name}, axis ${axis}`).toThrow(/does not follow/);
      }
    }
  });

  it("whichever 32 bits of its tables are changed, or it is read, and nothing else happens", () => {
    // The tables stand before the weights.
    const end = Math.min(bytes.length, 8_000);
    const others: number[] = [];
    for (let place = 0; place + 4 <= end; place += 4) {
      for (const value of [0xffff_ffff, 0x7fff_ffff, bytes.length]) {
        const changed = bytes.slice();
        new DataView(changed.buffer).setUint32(place, value, true);
        if (!isReadOrRefused(changed)) others.push(place);
      }
    }
    expect(others).toEqual([]);
  });
});
