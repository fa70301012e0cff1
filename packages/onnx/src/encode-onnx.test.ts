import { readFileSync } from "node:fs";
import { lower, type LoweredNetwork } from "@sebench/lowering";
import { buildNetwork, InputError, type Network } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import { encodeOnnx, producerVersion } from "./encode-onnx.ts";
import { decodeModel } from "./testing/decode.ts";

const network = buildNetwork("se-resnet20{r=4}");
const weights = seededWeights(network, 1);
const lowered = lower(network, weights, "conv1x1");
const unfolded = decodeModel(encodeOnnx(lowered, { batch: 3, foldBatchNorm: false }));

describe("an ONNX model", () => {
  it("takes a batch of images and gives as many logits", () => {
    const { input, output } = unfolded.graph;
    const shapes = [...input, ...output].map(({ name, type }) => [
      name,
      type.tensor_type.shape.dim.map(({ dim_value }) => dim_value),
    ]);
    expect(shapes).toEqual([
      ["images", [3, 3, 32, 32]],
      ["logits", [3, 10]],
    ]);
  });

  it("names its operators as the network names its nodes", () => {
    const nodes = new Map(unfolded.graph.node.map((node) => [node.name, node.op_type]));
    expect([...nodes.keys()]).toEqual(network.nodes.slice(1).map(({ name }) => name));
    expect(nodes.get("stage2/block0/excite/fc1")).toBe("Conv");
    expect(nodes.get("stage2/block0/scale/mul")).toBe("Mul");
  });

  it("keeps each parameter under its name, bit for bit", () => {
    const { initializer } = unfolded.graph;
    expect(initializer.map(({ name }) => name).toSorted()).toEqual([...weights.keys()].toSorted());
    for (const { name, dims, raw_data } of initializer) {
      const { shape, data } = weights.get(name)!;
      expect(dims).toEqual(shape);
      expect(Buffer.from(raw_data).equals(new Uint8Array(data.slice().buffer))).toBe(true);
    }
  });

  it("says what it is and what wrote it", () => {
    const packageFile = new URL("../package.json", import.meta.url);
    const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string };
    expect(producerVersion).toBe(version);
    expect(unfolded).toMatchObject({
      producer_name: "sebench",
      producer_version: version,
      graph: { name: "se-resnet20{r=4}" },
      metadata_props: [
        { key: "network", value: "se-resnet20{r=4}" },
        { key: "lowering", value: "conv1x1" },
        { key: "precision", value: "fp32" },
      ],
    });
  });

  it("has no batch norm left once they are folded, as by default", () => {
    const operators = (model: Uint8Array) =>
      decodeModel(model).graph.node.filter((node) => node.op_type === "BatchNormalization").length;
    expect(operators(encodeOnnx(lowered, { batch: 1 }))).toBe(0);
    expect(operators(encodeOnnx(lowered, { batch: 1, foldBatchNorm: false }))).toBe(21);
  });

  it("writes excitation as two Gemm where it is lowered so", () => {
    const { node } = decodeModel(encodeOnnx(lower(network, weights, "gemm"), { batch: 1 })).graph;
    const block = node.filter(({ name }) => /^stage3\/block1\/(squeeze|excite)/.test(name));
    expect(block.map((each) => each.op_type)).toEqual([
      "GlobalAveragePool",
      "Flatten",
      "Gemm",
      "Relu",
      "Gemm",
      "Sigmoid",
      "Reshape",
    ]);
  });
});

describe("bad input", () => {
  it.each([0, -1, 1.5, Number.NaN])("a batch of %s is refused", (batch) => {
    expect(() => encodeOnnx(lowered, { batch })).toThrow(InputError);
  });

  it("weights of another network are refused", () => {
    const others = seededWeights(buildNetwork("se-resnet20"), 1);
    expect(() => encodeOnnx({ ...lowered, weights: others }, { batch: 1 })).toThrow(InputError);
  });

  it("a node that reads an unknown one is refused, by name", () => {
    const nodes = network.nodes.map((node) =>
      node.name === "head/pool" ? { ...node, inputs: ["nowhere"] } : node,
    );
    const broken: LoweredNetwork = { ...lowered, network: { ...network, nodes } satisfies Network };
    expect(() => encodeOnnx(broken, { batch: 1, foldBatchNorm: false })).toThrow(
      /head\/pool reads nowhere/,
    );
    expect(() => encodeOnnx(broken, { batch: 1 })).toThrow(InputError);
  });
});
