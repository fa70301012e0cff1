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

  it("has gates in steps of 1/255 from 0 to 1, whatever gates were seen", () => {
    const gates = graph.node.filter(({ op_type }) => op_type === "Sigmoid");
    expect(gates).toHaveLength(9);
    for (const { output } of gates) {
      expect(floatsOf(tensors, `${output[0]}/scale`)[0]).toBe(Math.fround(1 / 255));
      expect([...tensors.get(`${output[0]}/zero-point`)!.raw_data]).toEqual([0]);
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

describe("an operator without an integer kernel", () => {
  const small = buildNetwork("mobilenet-v3-small", { imageSize: 32 });
  const images = testImages(1, inputShape(small));
  const form = lower(small, seededWeights(small, 1), "reduce-mean");

  it("becomes one that has, or part of the layer before it", async () => {
    const ranges = await rangesOn(form, images);
    const { graph } = decodeModel(encodeOnnx(form, { batch: 1, precision: "int8", ranges }));
    const kinds = graph.node.map(({ op_type }) => op_type);
    expect(kinds).not.toContain("ReduceMean");
    expect(kinds.filter((kind) => kind === "GlobalAveragePool")).toHaveLength(10);
    expect(kinds).not.toContain("HardSigmoid");
    expect(kinds.filter((kind) => kind === "Clip")).toHaveLength(9);
  });

  it("stays as it is where its value is kept in floating point", async () => {
    const ranges = await rangesOn(form, images);
    const kept = Object.entries(ranges).map(([name, range]) => {
      return [name, /\/(squeeze|excite)\//.test(name) ? null : range] as const;
    });
    const options = { batch: 1, precision: "int8", ranges: Object.fromEntries(kept) } as const;
    const bytes = encodeOnnx(form, options);
    const { graph } = decodeModel(bytes);
    const quantised = graph.node.filter(({ op_type }) => op_type === "QuantizeLinear");
    const places = quantised.map(({ input }) => input[0]!);
    expect(places.filter((name) => /\/(squeeze|excite)\//.test(name))).toEqual([]);
    expect(places.filter((name) => name.includes("/scale/"))).toHaveLength(9);
    const kinds = graph.node.map(({ op_type }) => op_type);
    expect(kinds.filter((kind) => kind === "HardSigmoid")).toHaveLength(9);
    const expected = runReference(small, form.weights, images);
    expect(relativeError(await runModel(bytes, images), expected)).toBeLessThan(2e-1);
  });
});

describe("onnxruntime's integer kernels", () => {
  it.each(["resnet20", "se-resnet20{gate=hard-sigmoid}", ...seVariants])(
    "agree with the oracle on %s",
    async (name) => {
      const variant = buildNetwork(name);
      const weights = seededWeights(variant, 1);
      const its = lower(variant, weights, defaultLowering(variant));
      const { integers, floats } = await runBothWays(its);
      const expected = runReference(variant, weights, image);
      expect(relativeError(integers, expected)).toBeLessThan(1e-1);
      // The floats come from the same model with nothing fused, whose convolutions compute in fp32.
      expect(relativeError(integers, floats)).toBeLessThan(3e-2);
      expect(integers).not.toEqual(floats);
    },
  );

  async function runBothWays(its: LoweredNetwork) {
    const ranges = await rangesOn(its, image);
    const model = encodeOnnx(its, { batch: 1, precision: "int8", ranges });
    return {
      integers: await runModel(model, image),
      floats: await runModel(model, image, { graphOptimizationLevel: "disabled" }),
    };
  }
});

describe("a convolution whose outputs a gate scales", () => {
  const recipe = "squeeze-fold+scale-fold";

  it.each([
    ["se-resnet50", /^$/],
    // Its gate is between -1 and 1, so its zero point is not 0.
    ["se-resnet50{gate=tanh}", /^$/],
    ["se-shufflenet-v1-g3", /^$/],
    // The gate stays in floats.
    ["se-resnet50", /\/(squeeze|excite)\//],
  ])("has integers on every side in %s, and agrees with the oracle", async (name, floats) => {
    const variant = buildNetwork(name, { imageSize: 32 });
    const images = testImages(1, inputShape(variant));
    const weights = seededWeights(variant, 1);
    const its = lower(variant, weights, recipe);
    const all = Object.entries(await rangesOn(its, images));
    const ranges = Object.fromEntries(
      all.map(([node, range]) => [node, floats.test(node) ? null : range]),
    );
    const bytes = encodeOnnx(its, { batch: 1, precision: "int8", ranges });
    const { graph } = decodeModel(bytes);
    const gated = graph.node.filter(({ op_type }) => op_type === "QLinearConv");
    expect(gated).toHaveLength(
      its.network.nodes.filter(({ op }) => op.kind === "gatedConv2d").length,
    );
    expect(gated.length).toBeGreaterThan(9);
    // Nothing is multiplied but, where the gate has floats, the scales of the weights.
    const products = graph.node.filter(({ op_type }) => op_type === "Mul");
    expect(products).toHaveLength(floats.test("/excite/") ? gated.length : 0);
    // Whatever is dequantised is read.
    const read = new Set(graph.node.flatMap(({ input }) => input));
    for (const { op_type, output } of graph.node) {
      if (op_type === "DequantizeLinear") expect(read).toContain(output[0]);
    }
    const expected = runReference(variant, weights, images);
    expect(relativeError(await runModel(bytes, images), expected)).toBeLessThan(1e-1);
  });

  it("is as near to the oracle as the product of map and gate is", async () => {
    const variant = buildNetwork("se-resnet50", { imageSize: 64 });
    const weights = seededWeights(variant, 1);
    const images = testImages(1, inputShape(variant));
    const expected = runReference(variant, weights, images);
    const errors: number[] = [];
    for (const each of ["squeeze-fold", recipe] as const) {
      const its = lower(variant, weights, each);
      const ranges = await rangesOn(its, images);
      const bytes = encodeOnnx(its, { batch: 1, precision: "int8", ranges });
      errors.push(relativeError(await runModel(bytes, images), expected));
    }
    const [product, scaled] = errors as [number, number];
    expect(scaled).toBeLessThan(1.5 * product);
  });
});

function floatsOf(tensors: ReadonlyMap<string, Tensor>, name: string): Float32Array {
  return new Float32Array(tensors.get(name)!.raw_data.slice().buffer);
}

type Tensor = DecodedModel["graph"]["initializer"][number];
