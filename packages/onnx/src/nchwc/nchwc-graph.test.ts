import { lower } from "@sebench/lowering";
import { buildNetwork, InputError } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import { encodeOnnx } from "../encode-onnx.ts";
import { type DecodedModel, decodeModel } from "../testing/decode.ts";
import { hasBlocks } from "../testing/has-blocks.ts";
import { optimised } from "../testing/onnxruntime.ts";

const network = buildNetwork("se-resnet50", { imageSize: 33 });
const weights = seededWeights(network, 1);
const decoded = (lowering: string) =>
  decodeModel(encodeOnnx(lower(network, weights, lowering), { batch: 1 }));

describe("a model in blocks of channels", () => {
  const model = decoded("nchwc/squeeze-fold");
  const nodes = new Map(model.graph.node.map((node) => [node.name, node]));

  it("says which engine it is for", () => {
    expect(model.opset_import).toEqual([
      { domain: "", version: 17 },
      { domain: "com.microsoft.nchwc", version: 1 },
    ]);
    expect(model.metadata_props).toContainEqual({ key: "layout", value: "nchwc" });
    expect(model.doc_string).toContain("for onnxruntime's CPU provider only");
  });

  it("keeps each weight as the network has it", () => {
    const stem = model.graph.initializer.find(({ name }) => name === "conv1.weight");
    expect(stem?.dims).toEqual([64, 3, 7, 7]);
  });

  it("scales by the gate in the convolution that adds the shortcut and activates", () => {
    const scale = nodes.get("stage2/block1/scale/mul")!;
    expect([scale.domain, scale.op_type]).toEqual(["com.microsoft.nchwc", "Conv"]);
    expect(scale.input).toEqual([
      "stage2/block1/trunk/conv3",
      "stage2/block1/scale/mul/gate-column",
      "",
      "stage2/block0/trunk/relu",
    ]);
    expect(scale.output).toEqual(["stage2/block1/trunk/relu"]);
    expect(activationOf(scale)).toBe("Relu");
  });

  it("reorders no map between the image and the logits", () => {
    // The one reorder is of the pixel that tells the size of a block.
    expect(reorders(model)).toEqual(["layout/blocked-pixel"]);
  });

  it("scales the weights of the last convolution instead where they are folded", () => {
    const folded = decoded("nchwc/squeeze-fold+scale-fold").graph.node;
    const conv = folded.find(({ output }) => output.includes("stage2/block1/trunk/relu"))!;
    expect(conv.input[0]).toBe("stage2/block1/trunk/relu2");
    expect(conv.input[1]).toBe(`${conv.name}/weight`);
    const scaling = folded.find(({ name }) => name === `${conv.name}/weight-map`)!;
    expect([scaling.domain, scaling.op_type]).toEqual(["com.microsoft.nchwc", "Conv"]);
  });

  it.each(["fp16", "int8"] as const)(
    "is refused in %s, which has no such operators",
    (precision) => {
      const lowered = lower(network, weights, "nchwc/gemm");
      expect(() => encodeOnnx(lowered, { batch: 1, precision })).toThrow(InputError);
    },
  );
});

/** Networks whose squeezed maps and excitations have channels that do not fill their blocks. */
describe.runIf(hasBlocks).each([
  ["efficientnet-b0", "nchwc/conv1x1"],
  ["efficientnet-b0", "nchwc/2-4:scale-forward+gemm/gemm"],
  ["mobilenet-v3-large", "nchwc/gemm"],
  ["regnety-800mf", "nchwc/gemm"],
])("what onnxruntime runs of %s as %s", (name, lowering) => {
  it("reorders, cuts and pads no map, pixel or vector", async () => {
    const family = buildNetwork(name, { imageSize: 33 });
    const lowered = lower(family, seededWeights(family, 1), lowering);
    const { graph } = decodeModel(await optimised(encodeOnnx(lowered, { batch: 1 })));
    const moving = graph.node.filter(({ op_type }) => /Reorder|Slice|Pad/.test(op_type));
    expect(moving.map((node) => node.name)).toEqual([]);
  });
});

/** The engine's own conversion is read from its optimised model. */
describe.runIf(hasBlocks)(
  "what onnxruntime runs is what it would make of the network itself",
  () => {
    it.each([
      ["resnet18", 33],
      ["mobilenet-v1", 33],
      ["preact-resnet164", 16],
      ["bn-inception", 64],
    ])("of %s", async (name, imageSize) => {
      const plain = buildNetwork(name, { imageSize });
      const lowered = lower(plain, seededWeights(plain, 1), "conv1x1");
      const [own, engines] = await Promise.all(
        (["nchwc", "engine"] as const).map(async (layout) =>
          decodeModel(await optimised(encodeOnnx({ ...lowered, layout }, { batch: 1 }))),
        ),
      );
      expect(kernels(own!)).toEqual(kernels(engines!));
      expect(reorders(own!).length).toBeLessThanOrEqual(reorders(engines!).length);
    });
  },
);

type DecodedNode = DecodedModel["graph"]["node"][number];

function activationOf({ attribute }: DecodedNode): string | undefined {
  const activation = attribute.find(({ name }) => name === "activation");
  return activation && new TextDecoder().decode(activation.s);
}

/** The kinds of the operators that are no reorders, each with what is fused into it. */
function kernels({ graph }: DecodedModel): string[] {
  return graph.node
    .filter(({ op_type }) => !op_type.startsWith("Reorder"))
    .map((node) =>
      [node.domain, node.op_type, activationOf(node), node.input.length > 3 ? "sum" : ""].join(" "),
    )
    .toSorted();
}

function reorders({ graph }: DecodedModel): string[] {
  return graph.node.filter(({ op_type }) => op_type.startsWith("Reorder")).map(({ name }) => name);
}
