import { defaultLowering, lower } from "@sebench/lowering";
import { runReference } from "@sebench/reference";
import { relativeError, seVariants, testImages } from "@sebench/reference/testing";
import { buildNetwork, InputError, inputShape } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import { encodeOnnx } from "./encode-onnx.ts";
import { decodeModel } from "./testing/decode.ts";
import { runModel } from "./testing/onnxruntime.ts";

const network = buildNetwork("se-resnet20");
const lowered = lower(network, seededWeights(network, 1), "gemm");
const fp16 = { batch: 1, precision: "fp16" } as const;

/** The numbers that `TensorProto.DataType` has for these types. */
const [float, int64, half] = [1, 7, 10];

describe("a model in fp16", () => {
  const { graph } = decodeModel(encodeOnnx(lowered, fp16));

  it("takes and gives float32, and casts at both ends only", () => {
    const types = [...graph.input, ...graph.output].map(({ type }) => type.tensor_type.elem_type);
    expect(types).toEqual([float, float]);
    const casts = graph.node.filter(({ op_type }) => op_type === "Cast");
    expect(casts.map(({ input, output }) => [input[0], output[0]])).toEqual([
      ["images", "images/fp16"],
      ["logits/fp16", "logits"],
    ]);
  });

  it("has every parameter in fp16, and shapes as they are", () => {
    const types = new Map<number, number>();
    for (const { data_type } of graph.initializer) {
      types.set(data_type, (types.get(data_type) ?? 0) + 1);
    }
    // Each layer has a weight and a bias, and nine blocks have an unflatten.
    const layers = graph.node.filter(({ op_type }) => /Conv|Gemm/.test(op_type)).length;
    expect([...types].toSorted()).toEqual([
      [half, 2 * layers],
      [int64, 9],
    ]);
  });

  it("is half as large", () => {
    const [whole, halved] = [encodeOnnx(lowered, { batch: 1 }), encodeOnnx(lowered, fp16)];
    expect(halved.length / whole.length).toBeLessThan(0.55);
  });

  it("refuses a weight that no half holds, by its name", () => {
    const weights = new Map(lowered.weights);
    const { shape, data } = weights.get("fc.weight")!;
    weights.set("fc.weight", { shape, data: data.with(3, -70_000) });
    const encoding = () => encodeOnnx({ ...lowered, weights }, fp16);
    expect(encoding).toThrow(InputError);
    expect(encoding).toThrow("fc.weight holds -70000");
  });
});

// onnxruntime's CPU provider has few kernels in fp16: it casts, and rounds values in between.
it.each(["resnet20", ...seVariants])("onnxruntime and the oracle agree on %s", async (name) => {
  const variant = buildNetwork(name);
  const weights = seededWeights(variant, 1);
  const images = testImages(2, inputShape(variant));
  const expected = runReference(variant, weights, images);
  for (const foldBatchNorm of [true, false]) {
    const model = encodeOnnx(lower(variant, weights, defaultLowering(variant)), {
      batch: 2,
      precision: "fp16",
      foldBatchNorm,
    });
    const error = relativeError(await runModel(model, images), expected);
    expect(error).toBeLessThan(1e-2);
    expect(error).toBeGreaterThan(1e-5);
  }
});
