import { describe, expect, test } from "vitest";
import type { Inspection } from "./inspect/inspection.ts";
import { boundedOutputs, inspectModel } from "./inspect/inspect-model.ts";
import { parseInputSizes } from "./shapes/infer.ts";
import { fetchOcrModels, torchvisionCounts, withExport } from "./testing/real-files.ts";

const kept = new Map<string, Promise<Inspection>>();

/** What is found of an export, with an image of the size that its free lengths take. */
function inspected(name: string, size: number | null = null): Promise<Inspection> {
  const sizes = size === null ? [] : [`image=1x3x${size}x${size}`];
  const key = [name, ...sizes].join(" ");
  const found =
    kept.get(key) ?? withExport(name, (path) => inspectModel(path, parseInputSizes(sizes)));
  kept.set(key, found);
  return found;
}

// The widths are those of the papers: MobileNetV3 (tables 1 and 2, a quarter rounded to 8),
// EfficientNet (a quarter of the block's input), RegNetY-400MF (a quarter of the block's input).
const large = [72, 120, 120, 480, 672, 672, 960, 960];
const small = [16, 96, 240, 240, 120, 144, 288, 576, 576];
const efficient = [
  32, 96, 144, 144, 240, 240, 480, 480, 480, 672, 672, 672, 1152, 1152, 1152, 1152,
];
const regnet = [48, 104, 104, 104, 208, 208, 208, 208, 208, 208, 440, 440, 440, 440, 440, 440];
/** A quarter, to the nearest multiple of 8 that is no less than nine tenths of it. */
const rounded = (channels: readonly number[]) =>
  channels.map((own) => {
    const nearest = Math.max(8, Math.floor((own / 4 + 4) / 8) * 8);
    return nearest < (0.9 * own) / 4 ? nearest + 8 : nearest;
  });
/** EfficientNet's inputs of the blocks, a quarter of which is the width. */
const efficientWidths = [8, 4, 6, 6, 10, 10, 20, 20, 20, 28, 28, 28, 48, 48, 48, 48];
const regnetWidths = [8, 12, 26, 26, 26, 52, 52, 52, 52, 52, 52, 110, 110, 110, 110, 110];

const hard = { activation: "relu", gate: "hard-sigmoid(0.1667, 0.5)" };

test("outputs of functions into 0..1 are told: all of PP-OCRv4's, and no logits", async () => {
  const { detection, recognition, classifier } = await fetchOcrModels();
  for (const path of [detection, recognition, classifier]) {
    expect(boundedOutputs(path)).toEqual(inspectModel(path).outputs.map(({ name }) => name));
  }
  expect(await withExport("mobilenet_v3_small-11", boundedOutputs)).toEqual([]);
});

describe("torchvision's exports", () => {
  test.each([
    ["mobilenet_v3_small-11", small, rounded(small), hard],
    ["mobilenet_v3_small-17-free", small, rounded(small), hard],
    ["mobilenet_v3_large-17", large, rounded(large), hard],
    ["efficientnet_b0-17", efficient, efficientWidths, { activation: "silu", gate: "sigmoid" }],
    ["regnet_y_400mf-13", regnet, regnetWidths, { activation: "relu", gate: "sigmoid" }],
    ["deeplabv3_mobilenet_v3_large-17", large, rounded(large), hard],
  ])("%s has SE where its paper has it", async (name, channels, widths, forms) => {
    const { blocks } = await inspected(name);
    expect(blocks.map((block) => block.channels)).toEqual(channels);
    expect(blocks.map((block) => block.channels! / block.reduction!)).toEqual(widths);
    for (const block of blocks) {
      expect(block).toMatchObject({ kind: "classic", ...forms, squeeze: ["GlobalAveragePool"] });
    }
  });

  test("lraspp has the backbone's blocks, and a gate of its head on another map", async () => {
    const { blocks } = await inspected("lraspp_mobilenet_v3_large-17");
    expect(blocks.slice(0, 8).map(({ channels }) => channels)).toEqual(large);
    expect(blocks.map(({ kind }) => kind)).toEqual([...large.map(() => "classic"), "other-tensor"]);
    expect(blocks[8]).toMatchObject({ channels: 128, reduction: null, gate: "sigmoid" });
  });

  const plain = [
    "convnext_tiny-17",
    "densenet121-17",
    "googlenet-17",
    "mnasnet0_5-17",
    "mobilenet_v2-11",
    "regnet_x_400mf-17-free",
    "resnet18-17",
    "resnext50_32x4d-13",
    "shufflenet_v2_x0_5-17",
    "squeezenet1_1-17",
    "swin_t-17",
  ];
  test.each(plain)("%s has none", async (name) => {
    expect((await inspected(name)).blocks).toEqual([]);
  });

  test.each(Object.entries(torchvisionCounts))(
    "%s has the parameters and the nodes that Python's onnx counts",
    async (name, { parameters, nodes }) => {
      expect(await inspected(name)).toMatchObject({ parameters, nodes });
    },
  );

  // torchvision's documentation of weights, in GFLOPs (multiply-accumulates).
  test.each([
    ["convnext_tiny-17", 4.46],
    ["densenet121-17", 2.83],
    ["efficientnet_b0-17", 0.39],
    ["googlenet-17", 1.5],
    ["mnasnet0_5-17", 0.1],
    ["mobilenet_v2-11", 0.3],
    ["mobilenet_v3_large-17", 0.22],
    ["mobilenet_v3_small-11", 0.06],
    ["mobilenet_v3_small-17-free", 0.06],
    ["regnet_x_400mf-17-free", 0.41],
    ["regnet_y_400mf-13", 0.4],
    ["resnet18-17", 1.81],
    ["resnext50_32x4d-13", 4.23],
    ["shufflenet_v2_x0_5-17", 0.04],
    ["squeezenet1_1-17", 0.35],
    ["swin_t-17", 4.49],
  ])("%s has the published MACs, %d G", async (name, published) => {
    const { macs } = await inspected(name, name.endsWith("-free") ? 224 : null);
    expect((macs! / 1e9).toFixed(2)).toBe(published.toFixed(2));
  });
});

// Product nodes, widths and channels as a walk from each GlobalAveragePool with Python's onnx found them.
describe("PP-OCRv4", () => {
  const facts = (path: string, ...sizes: string[]) =>
    inspectModel(path, parseInputSizes(sizes)).blocks.map(({ kind, nodes, chain, ...block }) => [
      kind,
      nodes[chain.indexOf("Mul")],
      block.channels! / block.reduction!,
      block.channels,
      block.gate,
    ]);
  const [sixth, fifth] = ["hard-sigmoid(0.1667, 0.5)", "hard-sigmoid(0.2, 0.5)"];

  test("detection has 2 classic blocks and 8 residual ones", async () => {
    const { detection } = await fetchOcrModels();
    const found = facts(detection);
    expect(found).toEqual([
      ["classic", "p2o.Mul.110", 48, 192, sixth],
      ["classic", "p2o.Mul.124", 96, 384, sixth],
      ...[156, 158, 160, 162].map((own) => ["residual", `p2o.Mul.${own}`, 24, 96, fifth]),
      ...[164, 166, 168, 170].map((own) => ["residual", `p2o.Mul.${own}`, 6, 24, fifth]),
    ]);
    expect(facts(detection, "x=1x3x640x640")).toEqual(found);
  });

  test("recognition has 2", async () => {
    const { recognition } = await fetchOcrModels();
    expect(facts(recognition)).toEqual([
      ["classic", "p2o.Mul.126", 60, 240, sixth],
      ["classic", "p2o.Mul.140", 120, 480, sixth],
    ]);
  });

  test("the classifier has 9, and 18 hard-swishes in four operators", async () => {
    const { classifier } = await fetchOcrModels();
    expect(facts(classifier)).toEqual(
      [
        [2, 2, 8],
        [8, 8, 32],
        [14, 22, 88],
        [20, 22, 88],
        [26, 10, 40],
        [32, 12, 48],
        [38, 26, 104],
        [44, 50, 200],
        [50, 50, 200],
      ].map(([own, width, channels]) => ["classic", `p2o.Mul.${own}`, width, channels, fifth]),
    );
    const { slowForms, runtimes } = inspectModel(classifier);
    expect(slowForms).toMatchObject([{ what: "hard-swishes in four operators" }]);
    expect(slowForms[0]!.nodes).toHaveLength(18);
    // Its opset is 9, and native WebGPU leaves such a Clip to the CPU.
    expect(runtimes.find(({ runtime }) => runtime === "onnxruntime-node/webgpu")).toMatchObject({
      takes: "part",
      reasons: [{ nodes: expect.arrayContaining(["p2o.Clip.0"]) }],
    });
  });
});
