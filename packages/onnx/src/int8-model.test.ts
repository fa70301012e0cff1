import { defaultLowering, lower, type LoweredNetwork } from "@sebench/lowering";
import { runReference } from "@sebench/reference";
import { relativeError, seVariants, testImages } from "@sebench/reference/testing";
import { buildNetwork, InputError, inputShape } from "@sebench/spec";
import { foldBatchNorm, seededWeights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import { encodeOnnx } from "./encode-onnx.ts";
import { type DecodedModel, decodeModel } from "./testing/decode.ts";
import { runModel } from "./testing/onnxruntime.ts";
import { rangesOn } from "./testing/ranges.ts";

const network = buildNetwork("se-resnet20");
const image = testImages(1, inputShape(network));
const lowered = lower(network, seededWeights(network, 1), "gemm");
const int8 = { batch: 1, precision: "int8", ranges: await rangesOn(lowered, image) } as const;

describe("a model in int8", () => {
  const { graph } = decodeModel(encodeOnnx(lowered, int8));
  const tensors = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));

  it("has integers between any two layers, and none behind the last", () => {
    const quantised = graph.node.filter(({ op_type }) => op_type === "QuantizeLinear");
    const places = quantised.map(({ input }) => input[0]);
    expect(places).toContain("images");
    expect(places).toContain("stage2/block0/excite/gate");
    expect(places).toContain("stage2/block0/scale/mul");
    expect(places).toContain("stage2/block0/trunk/relu1");
    // The ReLU after the convolution is quantised in its place.
    expect(places).not.toContain("stage2/block0/trunk/conv1");
    expect(places).not.toContain("logits");
  });

  it("has weights that are the folded ones, to half a step", () => {
    const { weights } = foldBatchNorm(lowered.network, lowered.weights);
    for (const name of ["conv1.weight", "layer3.0.conv2.weight", "layer1.0.se.fc1.weight"]) {
      const { shape, data } = weights.get(name)!;
      const scales = floatsOf(tensors, `${name}/scale`);
      const whole = new Int8Array(tensors.get(name)!.raw_data);
      expect(whole.length).toBe(data.length);
      data.forEach((value, at) => {
        const scale = scales[Math.floor((at * shape[0]!) / data.length)]!;
        expect(Math.abs(whole[at]! * scale - value)).toBeLessThan(0.501 * scale);
      });
    }
  });

  it("is about a quarter as large", () => {
    const whole = encodeOnnx(lowered, { batch: 1 });
    expect(encodeOnnx(lowered, int8).length / whole.length).toBeLessThan(0.4);
  });

  it("is refused without ranges", () => {
    expect(() => encodeOnnx(lowered, { batch: 1, precision: "int8" })).toThrow(InputError);
  });
});

describe("onnxruntime's integer kernels", () => {
  it.each(["resnet20", ...seVariants])("agree with the oracle on %s", async (name) => {
    const variant = buildNetwork(name);
    const weights = seededWeights(variant, 1);
    const its = lower(variant, weights, defaultLowering(variant));
    const { integers, floats } = await runBothWays(its);
    const expected = runReference(variant, weights, image);
    expect(relativeError(integers, expected)).toBeLessThan(1e-1);
    // The floats come from the same model with nothing fused, whose convolutions compute in fp32.
    expect(relativeError(integers, floats)).toBeLessThan(3e-2);
    expect(integers).not.toEqual(floats);
  });

  async function runBothWays(its: LoweredNetwork) {
    const ranges = await rangesOn(its, image);
    const model = encodeOnnx(its, { batch: 1, precision: "int8", ranges });
    return {
      integers: await runModel(model, image),
      floats: await runModel(model, image, { graphOptimizationLevel: "disabled" }),
    };
  }
});

function floatsOf(tensors: ReadonlyMap<string, Tensor>, name: string): Float32Array {
  return new Float32Array(tensors.get(name)!.raw_data.slice().buffer);
}

type Tensor = DecodedModel["graph"]["initializer"][number];
