import { lower } from "@sebench/lowering";
import type { Engine, SessionOptions } from "@sebench/runtime";
import { buildNetwork, elementCount, parametersOf, type Tensor } from "@sebench/spec";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { activationRanges } from "./activation-ranges.ts";
import { onnxruntimeNodeCpu } from "./runtime.ts";

const network = buildNetwork("se-resnet8", { imageSize: 28 });

/** Weights of which no two are alike and none is large, and variances of one. */
const weights = new Map(
  parametersOf(network).map(({ name, shape, slot }): [string, Tensor] => {
    const valueOf = (index: number) => (slot === "variance" ? 1 : Math.sin(index * 1.7) / 4);
    const data = Float32Array.from({ length: elementCount(shape) }, (_, index) => valueOf(index));
    return [name, { shape, data }];
  }),
);
const lowered = lower(network, weights, "gemm");
const shape = [1, 3, 28, 28];
const image = { shape, data: new Float32Array(elementCount(shape)).map((_, at) => Math.sin(at)) };

describe("a session in int8", () => {
  let engine: Engine;
  let options: SessionOptions;
  beforeAll(async () => {
    engine = await onnxruntimeNodeCpu.load({ threads: 1 });
    const ranges = { [network.name]: await activationRanges(lowered, image) };
    options = { batch: 1, precision: "int8", ranges };
  });
  afterAll(() => engine[Symbol.asyncDispose]());

  it("has integer kernels for every layer, and for what SE adds", async () => {
    await using session = await engine.prepare(await engine.encode(lowered, options), options);
    const { proven, evidence } = await session.attest();
    expect(proven).toBe(true);
    expect(evidence["products"]).toEqual({ uint8: expect.any(Number) });
    // The network has nine convolutions, and seven matrix products: two in each of three SE blocks, and the classifier.
    expect(evidence["operators"]).toMatchObject({
      QLinearConv: 9,
      QGemm: 7,
      QLinearAdd: 3,
      QLinearMul: 3,
      QLinearGlobalAveragePool: 4,
      QLinearSigmoid: 3,
    });
    const floating = Object.keys(evidence["operators"] as object).filter((name) =>
      /^(Conv|FusedConv|Gemm|FusedGemm|MatMul|Add|Mul|Sigmoid|GlobalAveragePool|Relu)$/.test(name),
    );
    expect(floating).toEqual([]);
  });

  it("is not proven where the engine computes in fp32", async () => {
    const model = await engine.encode(lowered, { batch: 1, precision: "fp32" });
    const mislabelled = { ...model, precision: "int8" };
    await using session = await engine.prepare(mislabelled, options);
    expect(await session.attest()).toMatchObject({
      proven: false,
      reason: expect.stringContaining(
        "not every convolution and matrix product was computed in int8",
      ),
    });
  });

  it("is refused without the network's ranges", async () => {
    await expect(engine.encode(lowered, { batch: 1, precision: "int8" })).rejects.toThrow(
      "int8 needs the ranges of se-resnet8",
    );
  });
});
