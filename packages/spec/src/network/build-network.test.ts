import { expect, test } from "vitest";
import { conventionOf } from "../families/family.ts";
import { modelNames, modelTable } from "../families/model-table.ts";
import { classesOf, nodeOf, parametersOf } from "../graph/query.ts";
import { buildNetwork } from "./build-network.ts";
import { seNameOf } from "./base-name.ts";

const shapeAt = (name: string, node: string, imageSize?: number) =>
  nodeOf(buildNetwork(name, imageSize === undefined ? {} : { imageSize }), node).shape;

test.each(modelNames)("%s with SE has every parameter of its plain counterpart", (model) => {
  const withSe = new Set(parametersOf(buildNetwork(seNameOf(model))).map(({ name }) => name));
  const plain = parametersOf(buildNetwork(model)).map(({ name }) => name);
  expect(plain.filter((name) => !withSe.has(name))).toEqual([]);
});

test.each(modelNames)("%s names every node and every parameter once", (model) => {
  const network = buildNetwork(seNameOf(model));
  const nodes = network.nodes.map(({ name }) => name);
  const parameters = parametersOf(network).map(({ name }) => name);
  expect(new Set(nodes).size).toBe(nodes.length);
  expect(new Set(parameters).size).toBe(parameters.length);
});

/** The shapes are those of `se_resnext50_32x4d-a260b3a4.pth`, the release's weights as Cadene ported them. */
test("SE-ResNeXt-50 has the shapes of the released checkpoint", () => {
  const shapes = new Map(
    parametersOf(buildNetwork("se-resnext50-32x4d{layout=timm-legacy}")).map((parameter) => [
      parameter.name,
      parameter.shape,
    ]),
  );
  expect(shapes.get("conv1.weight")).toEqual([64, 3, 7, 7]);
  expect(shapes.get("layer1.0.conv1.weight")).toEqual([128, 64, 1, 1]);
  expect(shapes.get("layer1.0.conv2.weight")).toEqual([128, 4, 3, 3]);
  expect(shapes.get("layer1.0.conv3.weight")).toEqual([256, 128, 1, 1]);
  expect(shapes.get("layer1.0.se.fc1.weight")).toEqual([16, 256, 1, 1]);
  expect(shapes.get("layer1.0.se.fc1.bias")).toEqual([16]);
  expect(shapes.get("layer1.0.se.fc2.weight")).toEqual([256, 16, 1, 1]);
  expect(shapes.get("layer1.0.downsample.0.weight")).toEqual([256, 64, 1, 1]);
  expect(shapes.get("layer2.0.conv2.weight")).toEqual([256, 8, 3, 3]);
  expect(shapes.get("layer2.0.se.fc1.weight")).toEqual([32, 512, 1, 1]);
  expect(shapes.get("fc.weight")).toEqual([1000, 2048]);
});

test("the release strides the first 1x1 of SE-ResNet and the 3x3 of SE-ResNeXt", () => {
  expect(conventionOf("timm-legacy", modelTable.resnet50).stride).toBe("conv1");
  expect(conventionOf("timm-legacy", modelTable["resnext50-32x4d"]).stride).toBe("conv2");
  const first = "stage3/block0/trunk/conv1";
  expect(shapeAt("resnet50", first)).toEqual([128, 56, 56]);
  expect(shapeAt("resnet50{layout=timm-legacy}", first)).toEqual([128, 28, 28]);
});

test("ceil pooling without padding and padded pooling differ at odd sizes only", () => {
  const legacy = "resnet50{layout=timm-legacy}";
  expect(shapeAt("resnet50", "stem/pool", 224)).toEqual([64, 56, 56]);
  expect(shapeAt(legacy, "stem/pool", 224)).toEqual([64, 56, 56]);
  // 65 pixels give 33 after the convolution: floor((33 + 2 - 3) / 2) + 1 and ceil((33 - 3) / 2) + 1.
  expect(shapeAt("resnet50", "stem/pool", 65)).toEqual([64, 17, 17]);
  expect(shapeAt(legacy, "stem/pool", 65)).toEqual([64, 16, 16]);
});

/** Each row has the place, the node whose output SE scales, and the channels of SE. */
test.each([
  ["standard", "stage3/block0/trunk/bn3", 512],
  ["pre", "stage2/block2/trunk/relu", 256],
  ["post", "stage3/block0/trunk/relu", 512],
  ["identity", "stage3/block0/trunk/downsample/bn", 512],
  ["conv3x3", "stage3/block0/trunk/relu2", 128],
])("place=%s scales %s", (place, scaled, channels) => {
  const network = buildNetwork(`se-resnet50{place=${place}}`);
  const mul = nodeOf(network, "stage3/block0/scale/mul");
  expect(mul.inputs[0]).toBe(scaled);
  expect(mul.shape[0]).toBe(channels);
});

/** The source of the channels is models/SE-BN-Inception.prototxt of the release. */
test("bn-inception's modules give the channels of the released prototxt", () => {
  const network = buildNetwork("bn-inception");
  const joined = network.nodes.filter(({ op }) => op.kind === "concat");
  expect(joined.map(({ shape }) => shape[0])).toEqual([
    256, 320, 576, 576, 576, 608, 608, 1056, 1024, 1024,
  ]);
});

test("inception-resnet-v2 scales its branches behind SE", () => {
  const network = buildNetwork("se-inception-resnet-v2");
  const scaling = network.nodes.filter(({ op }) => op.kind === "scaleBy");
  expect(scaling).toHaveLength(39);
  for (const { inputs } of scaling) expect(nodeOf(network, inputs[0]!).role).toBe("scale");
});

test("senet154 projects with 3x3 where it strides, and halves its first 1x1", () => {
  const shapes = new Map(
    parametersOf(buildNetwork("senet154")).map((parameter) => [parameter.name, parameter.shape]),
  );
  expect(shapes.get("conv3.weight")).toEqual([128, 64, 3, 3]);
  expect(shapes.get("layer1.0.conv1.weight")).toEqual([128, 128, 1, 1]);
  expect(shapes.get("layer1.0.conv2.weight")).toEqual([256, 2, 3, 3]);
  expect(shapes.get("layer1.0.downsample.0.weight")).toEqual([256, 128, 1, 1]);
  expect(shapes.get("layer2.0.conv2.weight")).toEqual([512, 4, 3, 3]);
  expect(shapes.get("layer2.0.downsample.0.weight")).toEqual([512, 256, 3, 3]);
});

test("place=pre leaves the shortcut unscaled", () => {
  const network = buildNetwork("se-resnet50{place=pre}");
  expect(nodeOf(network, "stage3/block1/trunk/add").inputs[1]).toBe("stage3/block0/trunk/relu");
  expect(nodeOf(network, "stage3/block0/trunk/downsample/conv").inputs).toEqual([
    "stage2/block2/trunk/relu",
  ]);
});

test("squeeze=none gates every pixel", () => {
  const network = buildNetwork("se-resnet50{squeeze=none}");
  expect(nodeOf(network, "stage2/block0/excite/gate").shape).toEqual([256, 56, 56]);
  expect(network.nodes.some(({ role }) => role === "squeeze")).toBe(false);
});

test("stages=3 puts SE into stage 3 alone", () => {
  const network = buildNetwork("se-resnet50{stages=3}");
  const stages = network.nodes.filter(({ role }) => role === "scale").map(({ stage }) => stage);
  expect(stages).toEqual([3, 3, 3, 3]);
});

test("image size and classes can be chosen", () => {
  const network = buildNetwork("se-resnet20", { imageSize: 28, classes: 7 });
  expect(network.nodes[0]?.shape).toEqual([3, 28, 28]);
  expect(classesOf(network)).toBe(7);
});

test.each([
  [() => buildNetwork("resnet50", { imageSize: 0 }), /image size is 0/],
  [() => buildNetwork("resnet50", { imageSize: 22.5 }), /image size is 22.5/],
  [() => buildNetwork("resnet50", { classes: -1 }), /number of classes is -1/],
  [
    () => buildNetwork("resnet50{layout=timm-legacy}", { imageSize: 2 }),
    /stem\/pool has a 3x3 window over an input of 1 pixels/,
  ],
  [
    () => buildNetwork("inception-resnet-v2", { imageSize: 64 }),
    /has a 3x3 window over an input of 2 pixels/,
  ],
  [() => buildNetwork("bn-inception", { imageSize: 75 }), /cannot join/],
  [() => buildNetwork("se-resnet20{r=32}"), /r=32 leaves no channel of the 16 in stage 2/],
])("an impossible network is refused: %#", (build, message) => {
  expect(build).toThrow(expect.objectContaining({ name: "InputError" }));
  expect(build).toThrow(message);
});
